using System.Text.Json;
using AccessGov.Audit.Export;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Retention;

/// <summary>The numbers of patients who were asked for before their first event, and that an erasure leaves none of them.</summary>
public sealed class AskedNumbersTests
{
    private static readonly Dictionary<string, string?> Quick = new(StringComparer.Ordinal)
    {
        ["Audit:Retention:WorkEvery"] = "00:00:00.100", ["Audit:Retention:LookEvery"] = "00:00:00.500",
    };

    private static readonly object Erasure = new
    {
        patient = "p-7", ground = "erasure_request", basis = "Art. 17 GDPR", exception = "A court ordered it.",
    };

    [Fact]
    public async Task An_erasure_leaves_nothing_that_leads_from_the_token_of_an_earlier_reading_to_the_number()
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: Quick);
        (await host.SeeAsync("/patients/p-7/timeline")).Status.ShouldBe(200);
        await HoldAndLiftAsync(host);
        await host.AddAsync(Records.View("p-7"));
        string token = (string)host.Leaves()[0]["object"]!["patient_token"]!;
        await NamesAsync(host, [true, true, true]);

        await host.IsAsync(await host.ShredAsync(Erasure), "done");

        await NamesAsync(host, [false, false, false]);
        (await host.AskAsync<long>($"select count(*) from trail.entry where patient = '{token}'")).ShouldBeGreaterThan(2);
        (await host.AskAsync<long>("select count(*) from trail.subject where kind = 'patient'")).ShouldBe(0);
        (await host.AskAsync<long>("select count(*) from trail.unknown_patient")).ShouldBe(0);
        (await host.AskAsync<long>("select count(*) from trail.legal_hold where lookup is not null")).ShouldBe(
            0, "a hold that was lifted has the name of a leaf with the token");
    }

    [Fact]
    public async Task A_number_that_was_only_asked_for_is_erased_as_a_patient_is()
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: Quick);
        async Task<string> CodeAsync(object proposal) => (await host.DoAsync("paul", "/shreddings", proposal)).Code;
        (await CodeAsync(Erasure)).ShouldBe("nothing_to_shred");
        (await host.SeeAsync("/patients/p-7/timeline")).Status.ShouldBe(200);
        await HasAsync(host, "audit.read");
        (await CodeAsync(new { patient = "p-7", ground = "erasure_request", basis = "Art. 17 GDPR" })).ShouldBe("retention_running");
        string hold = await HoldAsync(host);
        (await CodeAsync(Erasure)).ShouldBe("legal_hold");
        await LiftAsync(host, hold);
        await NamesAsync(host, [true, true]);

        string id = await host.ShredAsync(Erasure);
        await host.IsAsync(id, "done");

        await NamesAsync(host, [false, false]);
        (await host.AskAsync<long>("select count(*) from trail.unknown_patient")).ShouldBe(0);
        (await host.AskAsync<long>("select count(*) from trail.legal_hold where lookup is not null")).ShouldBe(0);
        var certificate = host.Leaves().Single(leaf => (string?)leaf["kind"] == "key.shredded")["shredded"]!;
        ((long)certificate["keys"]!, (long)certificate["leaves"]!).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Numbers_are_encrypted_and_are_put_under_the_newest_epoch_before_the_former_is_destroyed()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(clock: clock, settings: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Audit:Retention:WorkEvery"] = "01:00:00", ["Audit:Retention:LookEvery"] = "1.00:00:00",
        });
        var epochs = host.Services.GetRequiredService<KeyEpochs>();
        await epochs.AdvanceAsync(CancellationToken.None);
        await host.Intake.AcceptAsync("audit", [.. Enumerable.Range(0, 1100).Select(Reading)], CancellationToken.None);
        await Eventually.HoldsAsync(
            async () => await host.AskAsync<long>("select count(*) from trail.unknown_patient where number is not null") == 1100,
            "all are named");
        (await host.AskAsync<long>("select count(*) from trail.unknown_patient where position('asked-7'::bytea in number) > 0")).ShouldBe(0);

        (await host.DoAsync("karl", "/key-epochs", new { reason = "A laptop was lost" })).Status.ShouldBe(201);
        await epochs.AdvanceAsync(CancellationToken.None);
        (await host.AskAsync<long>("select count(*) from trail.unknown_patient where substr(number, 1, 4) <> int4send(2)")).ShouldBe(0);
        clock.Advance(TimeSpan.FromDays(36));
        await epochs.AdvanceAsync(CancellationToken.None);
        File.Exists(Path.Combine(host.Folder, "epochs", "1")).ShouldBeFalse();
        (await host.StatesAsync(0)).ShouldBe([FieldState.Opened, FieldState.Opened]);

        await host.ExecuteAsync("update trail.unknown_patient set number = substr(number, 1, 20)");
        (await host.StatesAsync(0)).ShouldBe([FieldState.Opened, FieldState.Damaged]);
    }

    private static AuditRecord Reading(int i) => Records.View() with
    {
        Kind = "audit.read", Patient = null, PatientDetails = null, AskedPatient = $"asked-{i}", Resource = "Trail::patient",
        PersonDetails = JsonSerializer.SerializeToElement(new { query = "x" }),
    };

    /// <summary>
    /// Whether each of the first leaves that have the patient's token leads to the number: whoever opens it, or is told of it with
    /// identities, gets it. Nothing of the trail says it in clear.
    /// </summary>
    private static async Task NamesAsync(AuditHost host, bool[] named)
    {
        await Eventually.HoldsAsync(
            async () => await host.AskAsync<long>("select count(*) from trail.entry") >= host.Leaves().Count, "all can be searched");
        var trail = host.Services.GetRequiredService<TrailReader>();
        List<bool> found = [];
        foreach (long sequence in host.Leaves().Where(leaf => leaf["object"]?["patient_token"] is not null)
            .Select(leaf => (long)leaf["seq"]!).Take(named.Length).ToArray())
        {
            var entry = TrailEntry.Parse(trail.Leaf(sequence)!.Value);
            string? told = new ExportedEvent(entry, await host.Services.GetRequiredService<OpenDetails>()(entry)).Patient;
            told.ShouldBeOneOf("p-7", entry.PatientToken);
            IReadOnlyList<OpenedField> fields = await host.Services.GetRequiredService<Unsealing>()
                .OpenAsync(entry, CancellationToken.None);
            found.Add(told == "p-7" || fields.Any(field => field.Content is { } content && content.GetRawText().Contains("p-7")));
        }

        found.ShouldBe(named);
    }

    private static async Task HoldAndLiftAsync(AuditHost host) => await LiftAsync(host, await HoldAsync(host));

    private static async Task<string> HoldAsync(AuditHost host)
    {
        string id = (string)(await host.DoAsync("lena", "/legal-holds", new { patient = "p-7", reason = "Lawsuit" })).Body!["id"]!;
        await HasAsync(host, "hold.placed");
        return id;
    }

    private static async Task LiftAsync(AuditHost host, string hold) =>
        (await host.DoAsync("lena", $"/legal-holds/{hold}/lift", new { reason = "Settled" })).Status.ShouldBe(204);

    private static Task HasAsync(AuditHost host, string kind) =>
        Eventually.HoldsAsync(() => host.Leaves().Any(leaf => (string?)leaf["kind"] == kind), $"{kind} is in the trail");
}
