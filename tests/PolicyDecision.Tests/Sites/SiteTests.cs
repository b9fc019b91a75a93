using System.Net;
using System.Text.Json.Nodes;

namespace AccessGov.PolicyDecision.Tests.Sites;

public sealed class SiteTests(PolicyDecisionHost host) : IClassFixture<PolicyDecisionHost>
{
    [Fact]
    public async Task A_site_is_read_as_it_was_defined()
    {
        const string site = """{"name":"North","timeZone":"Europe/Vienna","workingHours":[{"days":[1,2],"start":"19:00","end":"07:00"}],"networks":[{"name":"wards","cidr":"10.1.0.0/16"}],"departments":[{"id":"n-rad","name":"Radiology"}],"archives":["n-pacs"]}""";
        (await host.SendAsync(HttpMethod.Put, "/sites/north", site)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        JsonObject read = (await host.GetAsync("/sites"))["sites"]!.AsArray().Single(item => item!["id"]!.GetValue<string>() == "north")!.AsObject();
        read.Remove("id");
        read.Remove("version");
        JsonNode.DeepEquals(read, JsonNode.Parse(site)).ShouldBeTrue(read.ToJsonString());
        (host.Facts.Current.Sites.SiteOfDepartment["n-rad"].Id, host.Facts.Current.Sites.SiteOfArchive["n-pacs"].Id).ShouldBe(("north", "north"));
        await Refusal.ShouldBeAsync(await DefineAsync("south", "n-rad"), 409, "department_taken");
    }

    [Fact]
    public async Task Of_sites_that_claim_one_department_at_once_one_gets_it()
    {
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => DefineAsync($"claim-{i}", "wanted")));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent).ShouldBe(1);
        foreach (HttpResponseMessage refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.NoContent))
        {
            await Refusal.ShouldBeAsync(refused, 409, "department_taken");
        }

        host.Facts.Current.Sites.Sites.Keys.Count(id => id.StartsWith("claim-", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_department_that_a_site_gives_up_is_free()
    {
        await DefineAsync("first", "moving", "staying");
        await DefineAsync("first", "staying");
        (await DefineAsync("second", "moving")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        host.Facts.Current.Sites.SiteOfDepartment["moving"].Id.ShouldBe("second");
        host.Facts.Current.Sites.SiteOfDepartment["staying"].Id.ShouldBe("first");
    }

    [Fact]
    public async Task An_unknown_zone_is_refused() =>
        await Refusal.ShouldBeAsync(await host.PutAsync("/sites/x", new { name = "X", timeZone = "Mars/Olympus" }), 400, "zone_unknown");

    private Task<HttpResponseMessage> DefineAsync(string id, params string[] departments) => host.PutAsync(
        $"/sites/{id}", new { name = id, timeZone = "UTC", departments = departments.Select(department => new { id = department, name = department }) });
}
