using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.EmergencyAccess;

/// <summary>The numbers of emergency access, on a real database, with a clock that is moved.</summary>
public sealed class StatisticsTests
{
    [Fact]
    [Trait("Requirement", "S35")]
    public async Task Cases_are_counted_by_time_reason_role_and_verdict_and_drills_are_not()
    {
        await using BreakGlassHost host = await BreakGlassHost.StartAsync();
        await JudgedAsync(host, "p-1", TimeSpan.FromHours(2), "justified");
        await JudgedAsync(host, "p-2", TimeSpan.FromHours(10), "justified");
        await JudgedAsync(host, "p-3", TimeSpan.FromHours(26), "unjustified");
        await host.InvokeAsync("ada", "drill-1", practice: true);
        string open = await TakenAsync(host, "bob", "p-4", "BTG");
        host.Clock.Advance(TimeSpan.FromHours(30));
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync($"/emergency-cases/{open}", "eva"))["state"]!.GetValue<string>() == "awaiting_review",
            "it has run out");
        await Eventually.HoldsAsync(async () => (await CountAsync(host, ""))["open"]!.GetValue<int>() == 1
            && (await CountAsync(host, ""))["unjustified"]!.GetValue<int>() == 1, "all is counted");

        JsonNode counted = await CountAsync(host, "");

        ((int[])[.. Names.Select(name => counted[name]!.GetValue<int>())]).ShouldBe([4, 1, 1, 1, 2, 1, 0]);
        counted["reviewHours"]!.GetValue<double>().ShouldBe(24);
        counted["medianHours"]!.GetValue<double>().ShouldBe(10, 0.1);
        counted["p90Hours"]!.GetValue<double>().ShouldBe(22.8, 0.1);
        counted["timesToReview"]!.AsArray().Select(time => time!["cases"]!.GetValue<int>()).ShouldBe([1, 0, 1, 0, 0, 0, 1]);
        counted["overTime"]!["unit"]!.GetValue<string>().ShouldBe("day");
        counted["overTime"]!["buckets"]!.AsArray().Sum(bucket => bucket!["cases"]!.GetValue<int>()).ShouldBe(4);
        counted["byReasonCode"]!.ToJsonString().ShouldBe(
            """[{"key":"ETREAT","cases":3,"reviewed":3,"justified":2},{"key":"BTG","cases":1,"reviewed":0,"justified":0}]""");
        counted["byRole"]!.ToJsonString().ShouldBe("""[{"key":"emergency-physician","cases":4,"reviewed":3,"justified":2}]""");

        // What was before is not counted, and weeks begin on Mondays.
        string now = host.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        string year = host.Clock.GetUtcNow().AddDays(-300).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        JsonNode weeks = await CountAsync(host, $"?from={year}&to={now}");
        weeks["overTime"]!["unit"]!.GetValue<string>().ShouldBe("week");
        weeks["overTime"]!["buckets"]!.AsArray().Sum(bucket => bucket!["cases"]!.GetValue<int>()).ShouldBe(4);
        (await CountAsync(host, $"?to={year}"))["cases"]!.GetValue<int>().ShouldBe(0);
    }

    [Theory]
    [InlineData("?from=yesterday")]
    [InlineData("?from=2026-01-01T00:00")]
    [InlineData("?from=2026-02-01T00:00Z&to=2026-02-01T00:00Z")]
    [InlineData("?from=2026-01-01T00:00Z&to=2028-01-01T00:00Z")]
    [InlineData("?to=0001-01-01T00:00Z")]
    public void A_time_that_is_none_is_refused(string query)
    {
        Dictionary<string, string> asked = query[1..].Split('&').Select(one => one.Split('=')).ToDictionary(one => one[0], one => one[1]);
        CountCases.PeriodOf(asked.GetValueOrDefault("from"), asked.GetValueOrDefault("to"), Spec.Now).ShouldBeNull();
        Refusals.Table.StatusOf(CountCases.Malformed.Code).ShouldBe(400);
    }

    [Fact]
    public async Task Whoever_does_not_judge_is_told_no_numbers_and_everybody_the_terms()
    {
        await using BreakGlassHost host = await BreakGlassHost.StartAsync(("BreakGlass:Duration", "02:00:00"));
        foreach ((string path, HttpStatusCode expected) in ((string, HttpStatusCode)[])[
            ("/emergency-cases/statistics", HttpStatusCode.Forbidden), ("/emergency-access/terms", HttpStatusCode.OK)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new("Bearer", host.TokenOf("bob", "emergency-access.invoke"));
            using HttpResponseMessage answer = await host.Client.SendAsync(request);
            answer.StatusCode.ShouldBe(expected, path);
        }

        (await host.GetAsync("/emergency-access/terms", "bob")).ToJsonString().ShouldBe("""{"hours":2,"reviewHours":24}""");
    }

    private static readonly string[] Names = ["cases", "open", "overdue", "late", "justified", "unjustified", "unclear"];

    private static Task<JsonNode> CountAsync(BreakGlassHost host, string query) =>
        host.GetAsync($"/emergency-cases/statistics{query}", "eva");

    private static async Task<string> TakenAsync(BreakGlassHost host, string person, string patient, string reasonCode)
    {
        using HttpResponseMessage taken = await host.PostAsync("/emergency-access", person, new { reasonCode, reason = "x", patient });
        return JsonNode.Parse(await taken.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
    }

    /// <summary>A case that somebody judges so long after its invocation.</summary>
    private static async Task JudgedAsync(BreakGlassHost host, string patient, TimeSpan after, string verdict)
    {
        string id = await host.InvokeAsync("ada", patient);
        (await host.PostAsync($"/emergency-access/{id}/end", "ada")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        host.Clock.Advance(after);
        (await host.PostAsync($"/emergency-cases/{id}/review", "eva", new { verdict, findings = "Seen." })).StatusCode
            .ShouldBe(HttpStatusCode.NoContent);
    }
}
