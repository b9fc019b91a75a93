using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.PolicyDrafts;

/// <summary>
/// The policies that BreakGlass proposes from justified emergencies, as its own tests have them: they pass here, and let through what they
/// say.
/// </summary>
public sealed class LessonDraftTests : IAsyncLifetime
{
    private readonly SettableClock clock = new(new DateTimeOffset(DateTime.UtcNow.Date.AddDays(1).AddHours(12), TimeSpan.Zero));
    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync() => host = await PolicyDecisionHost.StartAsync(clock: clock);

    public Task DisposeAsync() => host.DisposeAsync().AsTask();

    [Theory]
    [InlineData("lesson.cedar")]
    [InlineData("lesson-off-shift.cedar")]
    public void Beside_the_shipped_policies_it_is_sound(string file)
    {
        string folder = WorkingCopy.PathOf("deploy", "policies");
        PolicyFile[] shipped = [.. Directory.EnumerateFiles(folder).Where(path => !path.EndsWith(".md", StringComparison.Ordinal))
            .Select(path => new PolicyFile(Path.GetFileName(path), File.ReadAllText(path)))];
        PolicyFile schema = PolicyFiles.SchemaOf(shipped)!;
        var lesson = new PolicyFile("lesson-ward-physician-ward.cedar", Lesson(file));
        PolicyFiles.Faults([.. shipped, lesson]).ShouldBeEmpty();
        PolicyCheck check = PolicyCheck.Of([.. shipped, lesson], schema);
        check.Errors.ShouldBeEmpty();
        check.Warnings.Length.ShouldBe(PolicyCheck.Of(shipped, schema).Warnings.Length, "it adds nothing to be warned of");
    }

    [Theory]
    [InlineData("lesson.cedar", true, true)]
    [InlineData("lesson-off-shift.cedar", false, true)]
    public async Task It_lets_one_role_read_in_one_department_and_nothing_else(string file, bool atWork, bool atNight)
    {
        await Answers.DoneAsync(host.PutAsync("/sites/north", new
        {
            name = "North", timeZone = "UTC",
                workingHours = new[] { new { days = new[] { 1, 2, 3, 4, 5, 6, 7 }, start = "07:00", end = "19:00" } },
            departments = new[] { new { id = "ward", name = "Ward" }, new { id = "lab", name = "Lab" } },
        }));
        foreach ((string who, string role, object scope) in ((string, string, object)[])
            [("ada", "ward-physician", new { kind = "site", id = "north" }),
             ("bob", "ward-physician", new { kind = "department", id = "lab" }), ("cyd", "clerk", new { kind = "site", id = "north" })])
        {
            await Answers.DoneAsync(host.PutAsync($"/roles/{role}", new { description = "d" }));
            await Answers.DoneAsync(host.PostAsync("/grants", new { subjectId = who, role, scope, reason = "x" }));
        }

        await Answers.DoneAsync(host.SendAsync(HttpMethod.Post, "/studies/import", """
            {"studies":[{"studyInstanceUid":"1.2.1","patientId":"P1","department":"ward"},
                        {"studyInstanceUid":"1.2.2","patientId":"P1","department":"lab"},
                        {"studyInstanceUid":"1.2.3","patientId":"P1"}]}
            """, host.Token("studies.feed")));
        await Answers.DoneAsync(host.PostAsync(
            "/policy-sets/hospital/versions",
                new { files = new[] { new { name = "lesson-ward-physician-ward.cedar", text = Lesson(file) } }, comment = "c" }));

        (await PermittedAsync("ada", "study.view", "1.2.1")).ShouldBe(atWork);
        clock.Now = clock.Now.AddHours(10);
        (await PermittedAsync("ada", "study.view", "1.2.1")).ShouldBe(atNight);
        (await PermittedAsync("ada", "study.retrieve", "1.2.1")).ShouldBe(atNight);
        foreach ((string who, string action, string study) in ((string, string, string)[])
            [("ada", "study.export", "1.2.1"), ("ada", "study.annotate", "1.2.1"), ("ada", "study.view", "1.2.2"),
             ("ada", "study.view", "1.2.3"), ("bob", "study.view", "1.2.1"), ("cyd", "study.view", "1.2.1")])
        {
            (await PermittedAsync(who, action, study)).ShouldBeFalse($"{who} {action} {study}");
        }
    }

    private static string Lesson(string file) => File.ReadAllText(WorkingCopy.PathOf("tests", "BreakGlass.Tests", "Learning", file));

    private async Task<bool> PermittedAsync(string subject, string action, string study)
    {
        using HttpResponseMessage answer = await host.SendAsync(
            HttpMethod.Post, "/access/v1/evaluation",
            JsonSerializer.Serialize(new { subject = new { type = "User", id = subject }, action = new { name = action },
                resource = new { type = "Study", id = study } }),
            host.Token("decisions.evaluate"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["decision"]!.GetValue<bool>();
    }
}
