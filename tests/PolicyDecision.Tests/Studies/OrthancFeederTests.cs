using System.Text.Json;
using AccessGov.PolicyDecision.Studies;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Studies;

public sealed class OrthancFeederTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly FakeOrthanc orthanc = new();
    private string connectionString = "";

    public async Task InitializeAsync()
    {
        connectionString = await postgres.Server.CreateDatabaseAsync();
        await orthanc.StartAsync();
    }

    public async Task DisposeAsync() => await orthanc.DisposeAsync();

    [Fact]
    public async Task Studies_that_are_there_and_that_arrive_are_known_with_what_the_archive_tells()
    {
        orthanc.Store("1.9.1", "P1", "CT", physician: "Moriarty^James");
        await using StudyHost host = await HostAsync();
        StudyFacts there = await KnownAsync(host, "1.9.1");
        (there.PatientId, there.Department, there.ReferringPhysician, there.StudyDate).ShouldBe(("P1", "north-radiology", "james", new DateOnly(2026, 1, 31)));
        there.Labels.ShouldBe(["vip"]);
        orthanc.Store("1.9.2", "", "US");
        StudyFacts arrived = await KnownAsync(host, "1.9.2");
        (arrived.PatientId, arrived.Department).ShouldBe(("unidentified:1.9.2", "elsewhere"));
    }

    [Fact]
    public async Task A_further_series_changes_the_modalities()
    {
        await using StudyHost host = await HostAsync();
        orthanc.Store("1.9.1", "P1", "CT");
        await KnownAsync(host, "1.9.1");
        orthanc.AddSeries("1.9.1", "SR");
        await Eventually.HoldsAsync(async () => (await FindAsync(host, "1.9.1"))!.Modality.SequenceEqual(["CT", "SR"]), "the series is seen");
    }

    [Fact]
    public async Task A_deletion_that_the_archive_does_not_tell_is_found_by_comparing()
    {
        orthanc.Store("1.9.1", "P1", "CT");
        orthanc.Store("1.9.2", "P2", "CT");
        await using StudyHost host = await HostAsync();
        await KnownAsync(host, "1.9.1");
        orthanc.Delete("1.9.1");
        await Eventually.HoldsAsync(async () => await FindAsync(host, "1.9.1") is null, "the deletion is found");
        (await FindAsync(host, "1.9.2")).ShouldNotBeNull();
    }

    [Fact]
    public async Task What_happened_while_nobody_followed_is_caught_up()
    {
        orthanc.Store("1.9.1", "P1", "CT");
        await using (StudyHost before = await HostAsync())
        {
            await KnownAsync(before, "1.9.1");
        }

        orthanc.Store("1.9.2", "P2", "MR");
        orthanc.Delete("1.9.1");
        await using StudyHost after = await HostAsync(compareEvery: "1.00:00:00");
        await KnownAsync(after, "1.9.2");
        await Eventually.HoldsAsync(async () => await FindAsync(after, "1.9.1") is null, "the deletion is found");
    }

    [Fact]
    public async Task An_archive_whose_sequence_starts_again_is_followed_again()
    {
        orthanc.Store("1.9.1", "P1", "CT");
        orthanc.Store("1.9.2", "P2", "CT");
        await using StudyHost host = await HostAsync(compareEvery: "1.00:00:00");
        await KnownAsync(host, "1.9.2");
        orthanc.Reset();
        orthanc.Store("1.9.3", "P3", "CT");
        await KnownAsync(host, "1.9.3");
        await Eventually.HoldsAsync(async () => await FindAsync(host, "1.9.1") is null, "what is gone is gone here");
        orthanc.Store("1.9.4", "P4", "CT");
        await KnownAsync(host, "1.9.4");
    }

    [Fact]
    public async Task An_archive_that_fails_is_asked_again_and_health_says_so()
    {
        orthanc.Failing = true;
        await using StudyHost host = await HostAsync();
        await Eventually.HoldsAsync(() => host.Get<OrthancFeeder>().State.Failure is not null, "the failure is noticed");
        using HttpResponseMessage health = await host.Http.GetAsync("/health/ready");
        JsonElement check = JsonDocument.Parse(await health.Content.ReadAsStringAsync()).RootElement.GetProperty("checks").GetProperty("studies");
        check.GetProperty("status").GetString().ShouldBe("degraded");
        check.GetProperty("data").TryGetProperty("feedLagChanges", out _).ShouldBeTrue();
        orthanc.Failing = false;
        orthanc.Store("1.9.1", "P1", "CT");
        await KnownAsync(host, "1.9.1");
        // The index answers before the feeder has noted that it succeeded.
        await Eventually.HoldsAsync(() => host.Get<OrthancFeeder>().State.Failure is null, "the failure is over");
    }

    [Fact]
    public async Task A_study_without_a_valid_UID_stays_unknown_and_stops_nobody()
    {
        orthanc.Store("not a uid", "P1", "CT");
        orthanc.Store("1.9.2", "P2", "CT");
        await using StudyHost host = await HostAsync();
        await KnownAsync(host, "1.9.2");
    }

    [Fact]
    public async Task Two_studies_whose_patient_ids_differ_by_padding_only_are_one_study()
    {
        orthanc.Store("1.9.1", "P1", "CT");
        orthanc.Store("1.9.1", "P1 ", "MR");
        orthanc.Store("1.9.2", "P2", "CT");
        await using StudyHost host = await HostAsync();
        await KnownAsync(host, "1.9.2");
        (await KnownAsync(host, "1.9.1")).PatientId.ShouldBe("P1");
    }

    [Fact]
    public async Task What_an_import_said_is_not_overwritten_by_the_archive()
    {
        await using StudyHost host = await HostAsync();
        orthanc.Store("1.9.1", "P1", "CT");
        await KnownAsync(host, "1.9.1");
        StudyWriter writer = host.Get<StudyWriter>();
        await writer.ImportAsync([StudyIndexTests.Row("1.9.1", "P1") with { Department = "south", Labels = ["restricted"], Finalized = true, Imported = true }], default);
        orthanc.AddSeries("1.9.1", "SR");
        await Eventually.HoldsAsync(async () => (await FindAsync(host, "1.9.1"))!.Modality.Length == 2, "the series is seen");
        StudyFacts facts = (await FindAsync(host, "1.9.1"))!;
        (facts.Department, facts.Finalized).ShouldBe(("south", true));
        facts.Labels.ShouldBe(["restricted"]);
    }

    [Fact]
    public async Task Of_two_replicas_one_feeds_and_the_other_takes_over()
    {
        orthanc.Store("1.9.1", "P1", "CT");
        StudyHost first = await HostAsync();
        await Eventually.HoldsAsync(() => first.Get<OrthancFeeder>().State.Feeding, "the first feeds");
        await using StudyHost second = await HostAsync();
        await Eventually.HoldsAsync(() => second.Get<OrthancFeeder>().State is { Feeding: false, LastSuccess: not null }, "the second waits");
        await first.DisposeAsync();
        await Eventually.HoldsAsync(() => second.Get<OrthancFeeder>().State.Feeding, "the second feeds");
    }

    private Task<StudyHost> HostAsync(string compareEvery = "00:00:01") => StudyHost.StartAsync(connectionString, settings: new(StringComparer.Ordinal)
    {
        ["PolicyDecision:Orthanc:Url"] = orthanc.Address,
        ["PolicyDecision:Orthanc:PollEvery"] = "00:00:00.050",
        ["PolicyDecision:Orthanc:CompareEvery"] = compareEvery,
        ["PolicyDecision:Orthanc:Departments:CT"] = "north-radiology",
        ["PolicyDecision:Orthanc:DefaultDepartment"] = "elsewhere",
        ["PolicyDecision:Orthanc:ReferringPhysicians:Moriarty^James"] = "james",
    });

    private static ValueTask<StudyFacts?> FindAsync(StudyHost host, string uid) => host.Get<IStudyIndex>().FindAsync(uid, default);

    private static async Task<StudyFacts> KnownAsync(StudyHost host, string uid)
    {
        StudyFacts? found = null;
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                return (found = await FindAsync(host, uid)) is not null;
            }
            catch (StudyIndexUnavailableException)
            {
                return false;
            }
        }, $"{uid} is known");
        return found!;
    }
}
