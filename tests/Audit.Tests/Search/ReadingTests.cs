using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Search;

/// <summary>What is noted of whoever reads the trail, and that it leaves nothing of the patient behind that an erasure would miss.</summary>
public sealed class ReadingTests
{
    private const string Patients = "select count(*) from trail.subject where kind = 'patient'";

    [Fact]
    public async Task Reading_or_holding_makes_no_key_of_a_patient_who_has_none()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        foreach (string path in new[] { "/patients/p-7/timeline", "/patients/p-7/disclosures", "/entries?patient=p-7", "/export?patient=p-7&format=csv" })
        {
            (await host.SeeAsync(path)).Status.ShouldBe(200, path);
        }

        (await host.DoAsync("lena", "/legal-holds", new { patient = "p-7", reason = "Lawsuit" })).Status.ShouldBe(201);
        await HasAsync(host, 5);

        (await host.AskAsync<long>(Patients)).ShouldBe(0);
        long[] noted = [.. host.Leaves().Select(leaf => (long)leaf["seq"]!)];
        foreach (long sequence in noted)
        {
            JsonNode[] fields = await OpenAsync(host, sequence);
            fields.Select(field => $"{field["about"]} {field["content"]!["patient"]}").ShouldBe(["person ", "patient p-7"]);
        }

        (await host.AskAsync<long>(Patients)).ShouldBe(0);
    }

    [Fact]
    public async Task Reading_holding_or_opening_makes_no_further_key_of_a_patient_and_stands_in_their_timeline()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(clock: clock);
        long sequence = (await host.AddAsync(Records.View("p-1")))[0];
        string token = (string)host.Leaves()[0]["object"]!["patient_token"]!;
        clock.AdvanceToYear(clock.GetUtcNow().Year + 1);
        (await host.SeeAsync("/patients/p-1/timeline")).Status.ShouldBe(200);
        (await host.DoAsync("lena", "/legal-holds", new { patient = "p-1", reason = "Lawsuit" })).Status.ShouldBe(201);
        await OpenAsync(host, sequence);
        await HasAsync(host, 4);

        (await host.AskAsync<long>(
            "select count(*) from trail.data_key k join trail.subject s on s.lookup = k.lookup where s.kind = 'patient'")).ShouldBe(1);
        host.Leaves().Select(leaf => (string?)leaf["object"]!["patient_token"]).ShouldAllBe(one => one == token);
        (await OpenAsync(host, 1)).Single()["content"]!["patient"].ShouldBeNull("who has a token is named by it alone");
    }

    [Fact]
    public async Task Whoever_asked_for_a_patient_without_events_is_in_the_patients_timeline_and_stays_there_when_the_first_comes()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        (await host.SeeAsync("/patients/p-7/timeline")).Status.ShouldBe(200);
        (await host.DoAsync("lena", "/legal-holds", new { patient = "p-7", reason = "Lawsuit" })).Status.ShouldBe(201);
        await TimelineHasAsync(host, "p-7", "audit.read", "hold.placed");

        await host.AddAsync(Records.View("p-7"));

        await TimelineHasAsync(host, "p-7", "audit.read", "hold.placed", "decision");
        host.Leaves().Where(leaf => leaf["object"]?["patient_token"] is not null)
            .Select(leaf => (string?)leaf["object"]!["patient_token"]).Distinct().Count().ShouldBe(1);
        (await host.AskAsync<long>("select count(*) from trail.unknown_patient")).ShouldBe(0, "they are known now");
    }

    [Fact]
    public async Task Asking_for_numbers_that_nobody_has_leaves_one_token_of_each_and_no_key()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        for (int i = 0; i < 6; i++)
        {
            (await host.SeeAsync($"/patients/p-{i % 2}/timeline")).Status.ShouldBe(200);
            await HasAsync(host, i + 1);
        }

        (await host.AskAsync<long>("select count(*) from trail.unknown_patient")).ShouldBe(2);
        (await host.AskAsync<long>(Patients)).ShouldBe(0);
        (await host.AskAsync<long>("select count(*) from trail.data_key")).ShouldBe(1, "of whoever reads");
        host.Leaves().Select(leaf => (string?)leaf["object"]!["patient_token"]).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_reading_that_waited_for_its_place_with_the_patients_first_event_names_them_by_their_token_alone()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        AuditRecord reading = Records.View() with
        {
            Kind = "audit.read", Patient = null, PatientDetails = null, AskedPatient = "p-9", Resource = "Trail::patient",
            PersonDetails = JsonSerializer.SerializeToElement(new { query = "x" }),
        };
        await host.Intake.AcceptAsync("audit", [reading, Records.View("p-9")], CancellationToken.None);
        await HasAsync(host, 2);
        JsonNode[] leaves = [.. host.Leaves()];
        ((string?)leaves[0]["object"]!["patient_token"]).ShouldBe((string?)leaves[1]["object"]!["patient_token"]);
        (await OpenAsync(host, 0)).Single()["content"]!.AsObject().Select(member => member.Key).ShouldBe(["query"]);
        (await host.AskAsync<long>("select count(*) from trail.unknown_patient")).ShouldBe(0);
    }

    [Fact]
    public async Task That_audit_use_was_asked_for_is_noted()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        (await host.SeeAsync("/patients/p-1/disclosures?include=audit")).Status.ShouldBe(200);
        (await host.SeeAsync("/patients/p-1/disclosures")).Status.ShouldBe(200);
        await HasAsync(host, 2);
        (await OpenAsync(host, 0))[0]["content"]!["include"]!.ToJsonString().ShouldBe("""["audit"]""");
        (await OpenAsync(host, 1))[0]["content"]!["include"]!.ToJsonString().ShouldBe("[]");
    }

    /// <summary>The kinds of what is in a patient's timeline; asking for it adds one more each time.</summary>
    private static Task TimelineHasAsync(AuditHost host, string patient, params string[] kinds) => Eventually.HoldsAsync(
        async () => kinds.Except((await host.SeeAsync($"/patients/{patient}/timeline")).Body!["entries"]!.AsArray()
            .Select(entry => (string)entry!["kind"]!)).FirstOrDefault() is null,
        $"{string.Join(", ", kinds)} are in the timeline");

    private static Task HasAsync(AuditHost host, int count) =>
        Eventually.HoldsAsync(() => host.Leaves().Count >= count, $"{count} events are in the trail");

    private static async Task<JsonNode[]> OpenAsync(AuditHost host, long sequence) =>
        [.. (await host.DoAsync("ulla", $"/entries/{sequence}/unseal", new { reason = "Complaint" })).Body!["fields"]!.AsArray()
            .Select(field => field!)];
}
