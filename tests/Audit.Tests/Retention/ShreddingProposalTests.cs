using System.Text.Json.Nodes;
using AccessGov.Audit.Retention;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using static AccessGov.Audit.Tests.Retention.PrunedTrails;

namespace AccessGov.Audit.Tests.Retention;

/// <summary>Whoever decides about a shredding sees whose keys and why; whoever may only read does not.</summary>
public sealed class ShreddingProposalTests
{
    [Fact]
    public async Task Who_may_shred_sees_whose_keys_and_why_until_the_keys_are_gone()
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: Never);
        long sequence = (await host.AddAsync(Records.View("p-1")))[0];
        string token = (string)host.Leaves()[(int)sequence]["object"]!["patient_token"]!;
        string id = await host.ProposeAsync(
            new { patient = "p-1", ground = "test_data", basis = "Art. 5(1)(d) GDPR", exception = "It is a phantom." });

        (await host.SeeAsync($"/shreddings/{id}")).Body!["proposal"]!.ToJsonString().ShouldBe(
            $$"""{"token":"{{token}}","basis":"Art. 5(1)(d) GDPR","exception":"It is a phantom.","keys":1,"held":0,"running":1}""");
        JsonNode listed = (await host.SeeAsync("/shreddings")).Body!["shreddings"]!.AsArray().Single()!;
        ((string?)listed["proposal"]!["token"]).ShouldBe(token);
        await Eventually.HoldsAsync(
            async () => (await host.SeeAsync($"/entries?token={token}")).Body!["entries"]!.AsArray()
                .Any(entry => (long)entry!["sequence"]! == sequence),
            "the patient's entries are found by the token");
        foreach (string path in new[] { "/shreddings", $"/shreddings/{id}" })
        {
            using HttpResponseMessage narrow = await host.SendAsync(
                HttpMethod.Get, path, token: host.StrongTokenOf("rita", ["audit.read"]));
            string text = await narrow.Content.ReadAsStringAsync();
            text.ShouldContain(id);
            text.ShouldNotContain(token);
            text.ShouldNotContain("GDPR");
        }

        (await host.AskAsync<long>("select count(*) from trail.shredding where position('GDPR'::bytea in reason) > 0")).ShouldBe(0);
        (await host.DoAsync("anna", $"/shreddings/{id}/approve", new { })).Status.ShouldBe(204);
        (await host.DoAsync("berta", $"/shreddings/{id}/approve", new { })).Status.ShouldBe(204);
        ((string?)(await host.SeeAsync($"/shreddings/{id}")).Body!["proposal"]!["exception"]).ShouldBe("It is a phantom.");
        var run = host.Services.GetRequiredService<ShreddingRun>();
        await Eventually.HoldsAsync(
            async () =>
            {
                await run.StepAsync(CancellationToken.None);
                return (string?)(await host.SeeAsync($"/shreddings/{id}")).Body!["state"] == "done";
            },
            "it is done");
        (await host.SeeAsync($"/shreddings/{id}")).Body!["proposal"].ShouldBeNull();
    }

    [Fact]
    public async Task An_erasure_that_was_asked_for_makes_no_key_of_the_patient_and_leaves_none()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Never, clock: clock);
        long sequence = (await host.AddAsync(Records.View("p-1")))[0];
        string token = (string)host.Leaves()[(int)sequence]["object"]!["patient_token"]!;
        clock.AdvanceToYear(clock.GetUtcNow().Year + 7);
        string id = await host.ProposeAsync(new { patient = "p-1", ground = "erasure_request", basis = "Art. 17 GDPR" });
        await host.ToldAsync($"Shredding::{id}", 1);

        // Its legal period is over, and nothing that was done since has begun another one.
        JsonNode proposal = (await host.SeeAsync($"/shreddings/{id}")).Body!["proposal"]!;
        ((long)proposal["keys"]!, (long)proposal["running"]!).ShouldBe((1L, 0L));
        (await host.DoAsync("anna", $"/shreddings/{id}/approve", new { })).Status.ShouldBe(204);
        (await host.DoAsync("berta", $"/shreddings/{id}/approve", new { })).Status.ShouldBe(204);
        var run = host.Services.GetRequiredService<ShreddingRun>();
        await Eventually.HoldsAsync(
            async () =>
            {
                await run.StepAsync(CancellationToken.None);
                return (string?)(await host.SeeAsync($"/shreddings/{id}")).Body!["state"] == "done";
            },
            "it is done");

        (await host.AskAsync<long>("select count(*) from trail.subject where kind = 'patient'")).ShouldBe(0);
        (await host.StatesAsync(sequence)).ShouldBe([FieldState.Shredded]);
        JsonNode told = host.Leaves().Single(leaf => (string?)leaf["kind"] == "shredding.proposed");
        told["object"]!["patient_token"].ShouldBeNull();
        var unsealing = host.Services.GetRequiredService<Unsealing>();
        ReadOnlyMemory<byte> leaf = host.Services.GetRequiredService<TrailReader>().Leaf((long)told["seq"]!)!.Value;
        OpenedField sealedField = (await unsealing.OpenAsync(TrailEntry.Parse(leaf), CancellationToken.None)).Single();
        string said = sealedField.Content.ToString()!;
        said.ShouldContain(token);
        said.ShouldNotContain("p-1");
    }

    [Fact]
    public async Task Of_a_class_and_year_the_keys_are_counted_and_those_that_are_held()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Never, clock: clock);
        await host.AddAsync(Records.View("p-held"), Records.View("p-free"));
        clock.AdvanceToYear(clock.GetUtcNow().Year + 7);
        (await host.DoAsync("lena", "/legal-holds", new { patient = "p-held", reason = "Lawsuit" })).Status.ShouldBe(201);
        await host.Services.GetRequiredService<Shreddings>().ProposeExpiredAsync(CancellationToken.None);

        JsonNode proposal = (await host.SeeAsync("/shreddings")).Body!["shreddings"]!.AsArray().Single()!["proposal"]!;
        ((string?)proposal["token"]).ShouldBeNull();
        ((string?)proposal["basis"]).ShouldBe("45 CFR 164.316(b)(2)(i): six years");
        long keys = (long)proposal["keys"]!;
        keys.ShouldBe(await host.AskAsync<long>(
            "select count(*) from trail.data_key where class = 'access' and year = (select min(year) from trail.data_key)"));
        ((long)proposal["held"]!).ShouldBeInRange(1, keys - 1);
        ((long)proposal["running"]!).ShouldBe(0);
    }
}
