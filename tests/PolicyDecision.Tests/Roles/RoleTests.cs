using System.Net;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Tests.Roles;

public sealed class RoleTests(PolicyDecisionHost host) : IClassFixture<PolicyDecisionHost>
{
    [Fact]
    public async Task A_role_is_defined_read_and_retired_with_its_grants()
    {
        (await host.PutAsync("/roles/locum", new { description = "Stands in", grantDaysMax = 30 })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        JsonNode role = (await host.GetAsync("/roles"))["roles"]!.AsArray().Single(item => item!["id"]!.GetValue<string>() == "locum")!;
        (role["description"]!.GetValue<string>(), role["grantDaysMax"]!.GetValue<int>()).ShouldBe(("Stands in", 30));

        var grant = new { subjectId = "ada", role = "locum", scope = new { kind = "everywhere" }, reason = "x", until = DateTimeOffset.UtcNow.AddDays(3) };
        (await host.PostAsync("/grants", grant)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await Refusal.ShouldBeAsync(await host.PostAsync("/grants", grant with { until = DateTimeOffset.UtcNow.AddDays(40) }), 409, "until_too_late");

        (await host.SendAsync(HttpMethod.Delete, "/roles/locum")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync(HttpMethod.Delete, "/roles/locum")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        host.Facts.Current.Subjects.GetValueOrDefault(new SubjectKey("User", "ada")).ShouldBeNull();
        await Refusal.ShouldBeAsync(await host.PostAsync("/grants", grant), 409, "role_retired");
        await Refusal.ShouldBeAsync(await host.PutAsync("/roles/locum", new { description = "Again" }), 409, "role_retired");
    }

    [Fact]
    public async Task A_role_that_is_not_there_cannot_be_retired() =>
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Delete, "/roles/none"), 409, "role_unknown");

    [Fact]
    public async Task The_same_definition_twice_is_one()
    {
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage answer = await host.PutAsync("/roles/twice", new { description = "d" });
            answer.Headers.ETag!.Tag.ShouldBe("\"1\"");
        }
    }

    [Fact]
    public async Task Whoever_has_read_an_old_version_is_told_so()
    {
        await host.PutAsync("/roles/etag", new { description = "one" });
        (await host.PutAsync("/roles/etag", new { description = "two" }, ("If-Match", "\"1\""))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Refusal.ShouldBeAsync(await host.PutAsync("/roles/etag", new { description = "three" }, ("If-Match", "\"1\"")), 412, "stale");
        host.Facts.Current.Roles["etag"].Description.ShouldBe("two");
    }

    [Fact]
    public async Task Of_two_who_read_the_same_version_one_wins()
    {
        await host.PutAsync("/roles/race", new { description = "zero" });
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => host.PutAsync("/roles/race", new { description = $"d{i}" }, ("If-Match", "\"1\""))));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed).ShouldBe(7);
    }
}
