using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.Testing;
using static AccessGov.PolicyDecision.Tests.Answers;

namespace AccessGov.PolicyDecision.Tests.Networks;

/// <summary>Under the shipped policies, what somebody may do depends on the segment in which their station stands.</summary>
[Trait("Requirement", "S18")]
public sealed class SegmentTests : IAsyncLifetime
{
    private const string ReadBy = "Radiologists may search, open and retrieve the studies that their grant covers.";
    private const string NoAdministration = "This station is for imaging. Administer from a workstation outside of the imaging network.";
    private const string Ward = "10.10.0.9";
    private const string ReadingRoom = "10.11.0.9";
    private const string Scanners = "10.12.0.9";

    private readonly SettableClock clock = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync(clock: clock);
        await DoneAsync(host.PutAsync("/sites/north", new
        {
            name = "North", timeZone = "UTC", departments = new[] { new { id = "north-radiology", name = "Radiology" } },
            archives = new[] { "orthanc" },
            networks = new[]
            {
                new { name = "wards", cidr = "10.10.0.0/16" }, new { name = "reading room", cidr = "10.11.0.0/16" },
                new { name = "scanners", cidr = "10.12.0.0/16" },
            },
            workingHours = new[] { new { days = new[] { 1, 2, 3, 4, 5, 6, 7 }, start = "00:00", end = "24:00" } },
        }));
        foreach ((string who, string role) in new[] { ("ada", "radiologist"), ("uma", "user-administrator") })
        {
            await DoneAsync(host.PutAsync($"/roles/{role}", new { description = role }));
            await DoneAsync(host.PostAsync(
                "/grants",
                new { subjectId = who, role, scope = new { kind = "everywhere" }, reason = "Their work.", from = "2026-05-01T00:00:00Z" }));
        }

        await DoneAsync(host.SendAsync(HttpMethod.Post, "/studies/import", """
            {"studies":[{"studyInstanceUid":"1.2.1","patientId":"P1","department":"north-radiology","labels":[],"finalized":false}]}
            """, host.Token("studies.feed")));
        await DoneAsync(host.PostAsync(
            "/policy-sets/hospital/versions", new { files = await ShippedFilesAsync(), comment = "The shipped ones." }));
        await ListAsync("machine-segments", "10.12.0.0/16");
        await ListAsync("imaging-stations", "10.11.0.0/16");
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task The_same_person_opens_the_same_study_at_a_workstation_and_not_among_the_machines()
    {
        foreach (string station in new[] { Ward, ReadingRoom })
        {
            (await AskAsync("ada", "study.view", "Study", "1.2.1", station)).ShouldBe((true, "radiologist-read", ReadBy), station);
        }

        (await AskAsync("ada", "study.view", "Study", "1.2.1", Scanners)).ShouldBe(
            (false, "machine-segment-no-people", "This station stands in a network for machines. Open patient data at a workstation."));
        (await AskAsync("ada", "study.view", "Study", "1.2.1", $"::ffff:{Scanners}")).Permitted.ShouldBeFalse(
            "written otherwise it is the same address");

        // The hospital says anew which its segments are: from then on it is another.
        await ListAsync("machine-segments", "10.13.0.0/16");
        (await AskAsync("ada", "study.view", "Study", "1.2.1", Scanners)).Permitted.ShouldBeTrue();
    }

    [Fact]
    public async Task From_a_station_for_imaging_nobody_goes_on_to_administer()
    {
        (await AskAsync("uma", "user.manage", "System", "accessgov", Ward)).Permitted.ShouldBeTrue();
        foreach (string station in new[] { ReadingRoom, Scanners })
        {
            (await AskAsync("uma", "user.manage", "System", "accessgov", station)).ShouldBe(
                (false, "imaging-station-administers-nothing", NoAdministration), station);
        }
    }

    private Task ListAsync(string id, string cidr) =>
        DoneAsync(host.PutAsync(
            $"/network-lists/{id}", new { description = "A segment.", networks = new[] { new { name = "segment", cidr } } }));

    private async Task<(bool Permitted, string Policy, string Reason)> AskAsync(
        string subject, string action, string type, string id, string sourceIp)
    {
        JsonNode answer = await DoneAsync(host.SendAsync(HttpMethod.Post, "/access/v1/evaluation", JsonSerializer.Serialize(new
        {
            subject = new { type = "User", id = subject }, action = new { name = action }, resource = new { type, id },
            context = new { sourceIp, assuranceLevel = 2, authenticatedAt = clock.GetUtcNow().AddMinutes(-1) },
        }), host.Token("decisions.evaluate")));
        JsonNode context = answer["context"]!;
        return (
            answer["decision"]!.GetValue<bool>(),
            string.Join(' ', context["policies"]!.AsArray().Select(policy => policy!.GetValue<string>())),
            context["reason_user"]?["en"]?.GetValue<string>() ?? context["reason_user"]?.ToJsonString() ?? "");
    }

    private static async Task<object[]> ShippedFilesAsync() => await Task.WhenAll(
        Directory.GetFiles(WorkingCopy.PathOf("deploy", "policies")).Where(file => Path.GetExtension(file) != ".md")
            .Select(async file => (object)new { name = Path.GetFileName(file), text = await File.ReadAllTextAsync(file) }));
}
