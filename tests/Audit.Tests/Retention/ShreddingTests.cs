using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Retention;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Tests.Trail;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Retention;

public sealed class ShreddingTests
{
    private static readonly Dictionary<string, string?> Quick = new(StringComparer.Ordinal)
    {
        ["Audit:Retention:WorkEvery"] = "00:00:00.100", ["Audit:Retention:LookEvery"] = "00:00:00.500",
    };

    private static readonly Dictionary<string, string?> Never = new(StringComparer.Ordinal)
    {
        ["Audit:Retention:WorkEvery"] = "01:00:00", ["Audit:Retention:LookEvery"] = "1.00:00:00",
    };

    [Fact]
    [Trait("Requirement", "S58, S59, S61")]
    public async Task What_has_expired_is_proposed_and_two_others_shred_it_with_a_certificate()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Quick, clock: clock);
        JsonElement report = JsonSerializer.SerializeToElement(new { report = new string('x', 20_000) });
        long[] old = await host.AddAsync(Records.View("p-1") with { PatientDetails = report }, Records.View("p-2"));
        string blob = TrailWriter.BlobPath(host.TrailDirectory, (string)host.Leaves()[(int)old[0]]["sealed"]![0]!["blob"]!);
        clock.AdvanceToYear(clock.GetUtcNow().Year + 7);
        long young = (await host.AddAsync(Records.View("p-1")))[0];

        JsonNode? proposed = null;
        await Eventually.HoldsAsync(
            async () => (proposed = (await host.SeeAsync("/shreddings")).Body!["shreddings"]!.AsArray().FirstOrDefault()) is not null,
            "it is proposed");
        ((string?)proposed!["class"], (string?)proposed["proposedBy"]).ShouldBe(("access", "audit"));
        string id = (string)proposed["id"]!;
        (await host.DoAsync("anna", $"/shreddings/{id}/approve", new { })).Status.ShouldBe(204);
        (await host.DoAsync("anna", $"/shreddings/{id}/approve", new { })).Code.ShouldBe("already_approved");
        (await host.StatesAsync(old[0])).ShouldBe([FieldState.Opened]);
        (await host.DoAsync("berta", $"/shreddings/{id}/approve", new { })).Status.ShouldBe(204);
        await host.IsAsync(id, "done");

        (await host.StatesAsync(old[0])).ShouldBe([FieldState.Shredded]);
        (await host.StatesAsync(old[1])).ShouldBe([FieldState.Shredded]);
        (await host.StatesAsync(young)).ShouldBe([FieldState.Opened]);
        await Eventually.HoldsAsync(() => !File.Exists(blob), "the file is gone");
        PublishedTrail.FirstFault(host.TrailDirectory).ShouldBeNull();
        await CertificateHoldsAsync(host, id, leaves: 2);
    }

    [Fact]
    public async Task A_patient_is_shredded_while_events_about_them_arrive_and_later_ones_have_a_new_token()
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: Quick);
        long before = (await host.AddAsync(Records.View("p-merged")))[0];
        long other = (await host.AddAsync(Records.View("p-other")))[0];
        using var stop = new CancellationTokenSource();
        Task sending = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await host.Intake.AcceptAsync("pacs", [Records.View("p-merged")], CancellationToken.None);
                await Task.Delay(5, CancellationToken.None);
            }
        });
        string id = await host.ShredAsync(
            new { patient = "p-merged", ground = "wrong_merge", basis = "Art. 5(1)(d) GDPR", exception = "x" });
        await host.IsAsync(id, "done");
        await stop.CancelAsync();
        await sending;
        long after = (await host.AddAsync(Records.View("p-merged")))[0];

        (await host.StatesAsync(before)).ShouldBe([FieldState.Shredded]);
        (await host.StatesAsync(after)).ShouldBe([FieldState.Opened]);
        (await host.StatesAsync(other)).ShouldBe([FieldState.Opened]);
        IReadOnlyList<JsonNode> leaves = host.Leaves();
        (string Token, string Key) OfLeaf(long sequence) =>
            ((string)leaves[(int)sequence]["object"]!["patient_token"]!, (string)leaves[(int)sequence]["sealed"]![0]!["kid"]!);
        OfLeaf(after).Token.ShouldNotBe(OfLeaf(before).Token);
        long sealedUnder = leaves.LongCount(leaf => leaf["sealed"] is JsonArray fields
            && fields.Any(field => (string?)field!["kid"] == OfLeaf(before).Key));
        ((long?)(await host.SeeAsync($"/shreddings/{id}")).Body!["leaves"]).ShouldBe(sealedUnder);
        sealedUnder.ShouldBeGreaterThan(1);
        string token = OfLeaf(before).Token;
        leaves.Where(leaf => (string?)leaf["object"]?["patient_token"] == token).LongCount().ShouldBe(sealedUnder);
        (await host.AskAsync<long>("select count(*) from trail.shredding where coalesce(lookup, token::bytea, reason) is not null"))
            .ShouldBe(0);
    }

    [Fact]
    public async Task Of_two_who_approve_at_once_each_counts_once()
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: Never);
        await host.AddAsync(Records.View("p-1"));
        string id = await host.ProposeAsync(new { patient = "p-1", ground = "test_data", basis = "none", exception = "x" });
        var answers = await Task.WhenAll(Enumerable.Range(0, 12)
            .Select(i => host.DoAsync($"person-{i % 3}", $"/shreddings/{id}/approve", new { })));

        answers.Count(answer => answer.Status == 204).ShouldBe(2);
        JsonNode shredding = (await host.SeeAsync($"/shreddings/{id}")).Body!;
        ((string?)shredding["firstApprover"]).ShouldNotBe((string?)shredding["secondApprover"]);
        (await host.ToldAsync($"Shredding::{id}", 3)).Length.ShouldBe(3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whoever_is_interrupted_in_the_middle_is_finished_by_the_next(int steps)
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: Never);
        long sequence = (await host.AddAsync(Records.View("p-1")))[0];
        string id = await host.ShredAsync(new { patient = "p-1", ground = "test_data", basis = "none", exception = "x" });
        var run = host.Services.GetRequiredService<ShreddingRun>();
        for (int step = 0; step < steps; step++)
        {
            await Eventually.HoldsAsync(() => run.StepAsync(CancellationToken.None), "a step is done");
        }

        (await host.StatesAsync(sequence)).ShouldBe([FieldState.Shredded]);
        (await host.SeeAsync($"/shreddings/{id}/certificate")).Code.ShouldBe("certificate_unknown");
        await using AuditHost next = await host.BesideAsync([.. Quick.Select(pair => (pair.Key, pair.Value))]);
        await next.IsAsync(id, "done");
        await CertificateHoldsAsync(next, id, leaves: 1);
        next.Leaves().Count(leaf => (string?)leaf["kind"] == "key.shredded").ShouldBe(1);
    }

    [Fact]
    public async Task A_hold_beats_expiry_until_it_is_lifted()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Quick, clock: clock);
        long[] sequences = await host.AddAsync(Records.View("p-held"), Records.View("p-free"));
        string hold = (string)(await host.DoAsync("lena", "/legal-holds", new { patient = "p-held", reason = "Lawsuit" })).Body!["id"]!;
        clock.AdvanceToYear(clock.GetUtcNow().Year + 7);
        (await host.DoAsync("paul", "/shreddings",
            new { patient = "p-held", ground = "test_data", basis = "x" })).Code.ShouldBe("legal_hold");
        JsonNode? proposed = null;
        await Eventually.HoldsAsync(
            async () => (proposed = (await host.SeeAsync("/shreddings")).Body!["shreddings"]!.AsArray().FirstOrDefault()) is not null,
            "it is proposed");
        string id = (string)proposed!["id"]!;
        (await host.DoAsync("anna", $"/shreddings/{id}/approve", new { })).Status.ShouldBe(204);
        (await host.DoAsync("berta", $"/shreddings/{id}/approve", new { })).Status.ShouldBe(204);
        await host.IsAsync(id, "done");
        (await host.StatesAsync(sequences[0])).ShouldBe([FieldState.Opened]);
        (await host.StatesAsync(sequences[1])).ShouldBe([FieldState.Shredded]);

        JsonNode schedule = (await host.SeeAsync("/retention")).Body!;
        ((string?)schedule["holds"]![0]!["reason"], (string?)schedule["holds"]![0]!["about"]).ShouldBe(("Lawsuit", "patient"));
        schedule["classes"]![0]!["keys"]!.AsArray().Select(one => (long)one!["held"]!).Max().ShouldBeGreaterThan(0);
        (await host.DoAsync("lena", $"/legal-holds/{hold}/lift", new { reason = "Settled" })).Status.ShouldBe(204);
        (await host.DoAsync("lena", $"/legal-holds/{hold}/lift", new { reason = "Settled" })).Code.ShouldBe("hold_unknown");
        await Eventually.HoldsAsync(
            async () => (await host.SeeAsync("/shreddings")).Body!["shreddings"]!.AsArray()
            .Any(one => (string?)one!["state"] == "proposed"), "the rest is proposed");
        (await host.ToldAsync($"LegalHold::{hold}", 2)).ShouldBe(["hold.placed lena", "hold.lifted lena"]);
    }

    [Fact]
    public async Task A_hold_that_comes_after_the_approval_stops_the_shredding_of_a_patient()
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: Never);
        long sequence = (await host.AddAsync(Records.View("p-1")))[0];
        string id = await host.ShredAsync(new { patient = "p-1", ground = "test_data", basis = "none", exception = "x" });
        (await host.DoAsync("lena", "/legal-holds", new { patient = "p-1", reason = "Lawsuit" })).Status.ShouldBe(201);
        // It waits until what was taken in before the approval has its place.
        var run = host.Services.GetRequiredService<ShreddingRun>();
        await Eventually.HoldsAsync(() => run.StepAsync(CancellationToken.None), "a step is done");

        ((string?)(await host.SeeAsync($"/shreddings/{id}")).Body!["state"]).ShouldBe("stopped");
        (await host.StatesAsync(sequence)).ShouldBe([FieldState.Opened]);
    }

    [Fact]
    public async Task What_cannot_be_proposed_or_decided_is_refused()
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: Never);
        await host.AddAsync(Records.View("p-1"));
        async Task<string> Code(object body) => (await host.DoAsync("paul", "/shreddings", body)).Code;
        (await Code(new { patient = "p-1", ground = "erasure_request", basis = "Art. 17 GDPR" })).ShouldBe("retention_running");
        (await Code(new { patient = "p-1", ground = "test_data", basis = "x" })).ShouldBe("retention_running");
        (await Code(new { patient = "p-1", ground = "wrong_merge", basis = "x" })).ShouldBe("retention_running");
        (await Code(new { @class = "access", year = DateTimeOffset.UtcNow.Year, basis = "x" })).ShouldBe("retention_running");
        (await Code(new { patient = "nobody", ground = "test_data", basis = "x" })).ShouldBe("nothing_to_shred");
        (await Code(new { patient = "p-1", ground = "boredom", basis = "x" })).ShouldBe("shredding_malformed");
        (await Code(new { patient = "p-1", ground = "test_data" })).ShouldBe("basis_malformed");
        string id = await host.ProposeAsync(
            new { patient = "p-1", ground = "erasure_request", basis = "Art. 17 GDPR", exception = "A court ordered it." });
        (await Code(new { patient = "p-1", ground = "test_data", basis = "x", exception = "x" })).ShouldBe("already_proposed");
        (await host.DoAsync("paul", $"/shreddings/{id}/approve", new { })).Code.ShouldBe("self_approval");
        (await host.DoAsync("anna", $"/shreddings/{id}/deny", new { })).Code.ShouldBe("reason_malformed");
        (await host.DoAsync("anna", $"/shreddings/{id}/deny", new { reason = "No court did." })).Status.ShouldBe(204);
        (await host.DoAsync("berta", $"/shreddings/{id}/approve", new { })).Code.ShouldBe("already_decided");
        (await host.DoAsync("berta", $"/shreddings/{Guid.NewGuid()}/approve", new { })).Code.ShouldBe("shredding_unknown");
        (await host.DoAsync("lena", "/legal-holds", new { @class = "no-such", reason = "x" })).Code.ShouldBe("hold_malformed");
        (await host.ToldAsync($"Shredding::{id}", 2)).ShouldBe(["shredding.proposed paul", "shredding.denied anna"]);
    }

    /// <summary>The certificate is proven by the trail's keys alone, and its digest is that of the keys' ids.</summary>
    private static async Task CertificateHoldsAsync(AuditHost host, string id, long leaves)
    {
        JsonNode certificate = (await host.SeeAsync($"/shreddings/{id}/certificate")).Body!;
        string text = certificate is JsonValue value ? value.GetValue<string>() : certificate.ToJsonString();
        JsonNode line = JsonNode.Parse(text)!;
        byte[] leaf = Convert.FromBase64String((string)line["leaf"]!);
        LogProof proof = LogProof.Parse(Encoding.UTF8.GetBytes((string)line["proof"]!));
        Checkpoint checkpoint = Checkpoint.Parse(proof.Checkpoint.Text);
        host.Services.GetRequiredService<CheckpointSigner>().Keys.ShouldAllBe(key => proof.Checkpoint.IsSignedBy(key));
        MerkleProof.ShowsInclusion(proof.Index, checkpoint.Size, TreeHash.OfLeaf(leaf), proof.Hashes.AsSpan(), checkpoint.Root)
            .ShouldBeTrue();
        JsonNode read = JsonNode.Parse(leaf)!;
        ((string?)read["kind"], (string?)read["object"]!["resource"]).ShouldBe((KeyShredding.Kind, $"Shredding::{id}"));
        JsonNode shredded = read["shredded"]!;
        ((string?)shredded["first_approver"], (string?)shredded["second_approver"], (long?)shredded["leaves"])
            .ShouldBe(("anna", "berta", leaves));
        using HttpResponseMessage keys = await host.SendAsync(HttpMethod.Get, $"/shreddings/{id}/keys");
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await keys.Content.ReadAsByteArrayAsync()))
            .ShouldBe((string?)shredded["digest"]);
    }
}
