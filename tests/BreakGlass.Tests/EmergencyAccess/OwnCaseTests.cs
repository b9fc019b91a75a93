using System.Net;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.EmergencyAccess;

/// <summary>What clinicians see of the cases that are theirs.</summary>
public sealed class OwnCaseTests(BreakGlassHost host) : IClassFixture<BreakGlassHost>
{
    [Fact]
    public async Task The_clinician_is_told_what_was_found_and_not_by_whom()
    {
        string id = await host.InvokeAsync("ada", "p-judge");
        foreach ((string path, string person, object? body) in ((string, string, object?)[])
        [
            ($"/emergency-cases/{id}/take", "judge-eva", null), ($"/emergency-access/{id}/end", "ada", null),
            ($"/emergency-cases/{id}/review", "judge-eva", new { verdict = "unjustified", findings = "No relation." }),
            ($"/emergency-cases/{id}/follow-up/close", "judge-max", new { outcome = "A talk." }),
        ])
        {
            (await host.PostAsync(path, person, body)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        string own = (await host.GetAsync($"/emergency-access/{id}", "ada")).ToJsonString();
        own.ShouldContain("No relation.");
        own.ShouldContain("A talk.");
        own.ShouldContain("unjustified");
        own.ShouldNotContain("judge-");
        string whole = (await host.GetAsync($"/emergency-cases/{id}", "judge-eva")).ToJsonString();
        whole.ShouldContain("judge-eva");
        whole.ShouldContain("judge-max");
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync("/emergency-cases?state=reviewed&person=ada", "judge-eva")).ToJsonString()
                .Contains("judge-eva", StringComparison.Ordinal), "it is listed as reviewed");
        (await host.GetAsync("/emergency-access?limit=1000", "ada")).ToJsonString().ShouldNotContain("judge-");
    }
}
