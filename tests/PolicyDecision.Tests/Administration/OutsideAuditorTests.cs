using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.Testing;
using static AccessGov.PolicyDecision.Tests.Answers;

namespace AccessGov.PolicyDecision.Tests.Administration;

/// <summary>An outside auditor reads the journal for as long as their grant holds, and changes nothing.</summary>
[Trait("Requirement", "S122")]
public sealed class OutsideAuditorTests : IAsyncLifetime
{
    private const string SecondFactor = "https://refeds.org/profile/mfa";

    // What the demo's group of audit reviewers may.
    private static readonly string[] Reading = ["journal.read", "facts.read", "decisions.explain"];

    // Questions that are sent with POST and change nothing.
    private static readonly string[] Questions = ["POST /explain"];

    private readonly SettableClock clock = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync(
            settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["PolicyDecision:DecideAdministration"] = "true" },
            clock: clock);
        foreach (string role in new[] { "audit-reviewer", "system-administrator" })
        {
            await DoneAsync(host.PutAsync($"/roles/{role}", new { description = role }));
        }

        await DoneAsync(host.PutAsync("/sites/north", new
        {
            name = "North", timeZone = "UTC", networks = new[] { new { name = "here", cidr = "127.0.0.0/8" } },
            workingHours = new[] { new { days = new[] { 1, 2, 3, 4, 5, 6, 7 }, start = "00:00", end = "24:00" } },
        }));
        await DoneAsync(host.PostAsync("/grants", new
        {
            subjectId = "olga", role = "audit-reviewer", scope = new { kind = "everywhere" }, reason = "The audit of this year.",
            from = clock.GetUtcNow(), until = clock.GetUtcNow().AddMinutes(10),
        }));
        await DoneAsync(host.PostAsync("/grants", new
        {
            subjectId = "sigrid", role = "system-administrator", scope = new { kind = "everywhere" }, reason = "Her work.",
            from = clock.GetUtcNow(),
        }));
        object[] files = await Task.WhenAll(
            Directory.GetFiles(WorkingCopy.PathOf("deploy", "policies")).Where(file => Path.GetExtension(file) != ".md")
                .Select(async file => (object)new { name = Path.GetFileName(file), text = await File.ReadAllTextAsync(file) }));
        await DoneAsync(host.PostAsync("/policy-sets/hospital/versions", new { files, comment = "The shipped ones." }));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task The_journal_is_open_until_the_second_in_which_the_grant_ends()
    {
        foreach (string path in new[] { "/decisions", "/analytics/access", "/roles", "/sites", "/policy-sets/hospital" })
        {
            (await GetAsync(path)).ShouldBe(HttpStatusCode.OK, path);
        }

        clock.Now += TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1);
        (await GetAsync("/decisions")).ShouldBe(HttpStatusCode.OK);
        clock.Now += TimeSpan.FromSeconds(1);
        using HttpResponseMessage over = await host.SendAsync(HttpMethod.Get, "/decisions", null, Token());
        await Refusal.ShouldBeAsync(over, 403, "administration_denied");
        (await GetAsync("/analytics/access")).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Every_command_that_there_is_is_refused()
    {
        JsonObject paths = (await host.GetAsync("/openapi/v1.json"))["paths"]!.AsObject();
        long before = await host.Store.HeadAsync();
        int commands = 0;
        foreach ((string path, JsonNode? operations) in paths)
        {
            foreach ((string method, _) in operations!.AsObject().Where(operation => operation.Key is not ("get" or "head")))
            {
                string asked = $"{method.ToUpperInvariant()} {path}";
                if (!Questions.Contains(asked, StringComparer.Ordinal))
                {
                    using HttpResponseMessage answer = await host.SendAsync(
                        new HttpMethod(method.ToUpperInvariant()), Regex.Replace(path, @"\{[^}]+\}", "1"), "{}", Token());
                    answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, asked);
                    commands++;
                }
            }
        }

        commands.ShouldBeGreaterThan(20);
        (await host.Store.HeadAsync()).ShouldBe(before);
    }

    private string Token() => host.TokenOf("olga", SecondFactor, null, Reading);

    private async Task<HttpStatusCode> GetAsync(string path)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, path, null, Token());
        return answer.StatusCode;
    }
}
