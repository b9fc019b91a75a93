using System.Net;
using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Tests.Organisations;

public sealed class OrganisationTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    public async Task An_organisation_is_listed_with_its_domains_as_they_are_compared()
    {
        await DefineAsync("lake-hospital", "hospital", "Lake.Example", "münchen.example");

        JsonNode organisation = (await host.GetAsync("/organisations?limit=1000"))["organisations"]!.AsArray().Single(item => item!["id"]!.GetValue<string>() == "lake-hospital")!;
        organisation["kind"]!.GetValue<string>().ShouldBe("hospital");
        organisation["domains"]!.AsArray().Select(domain => domain!.GetValue<string>()).ShouldBe(["lake.example", "xn--mnchen-3ya.example"]);
    }

    [Fact]
    public async Task A_domain_belongs_to_one_organisation_until_that_one_gives_it_up()
    {
        await DefineAsync("first", "reading_group", "shared.example");

        using HttpResponseMessage refused = await PutAsync("second", "reading_group", "SHARED.example");
        await Refusal.ShouldBeAsync(refused, 409, "domain_taken");
        (await host.SendAsync(HttpMethod.Post, "/organisations/second/close", """{"reason":"never was"}""")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        await DefineAsync("first", "reading_group", "other.example");
        await DefineAsync("second", "reading_group", "shared.example");
    }

    [Theory]
    [InlineData("Upper", "hospital.example", "organisation_malformed")]
    [InlineData("good", "not a domain", "domain_malformed")]
    [InlineData("good", "localhost", "domain_malformed")]
    [InlineData("good", "-a.example", "domain_malformed")]
    [InlineData("good", null, "domain_malformed")]
    public async Task What_is_malformed_is_refused(string id, string? domain, string code)
    {
        using HttpResponseMessage refused = await PutAsync(id, "hospital", domain!);
        await Refusal.ShouldBeAsync(refused, 400, code);
    }

    [Fact]
    public async Task An_organisation_is_not_closed_while_somebody_is_of_it()
    {
        string person = await host.PersonAsync("last-of-closing", "closing");

        using HttpResponseMessage refused = await host.PostAsync("/organisations/closing/close", new { reason = "The contract ended." });
        await Refusal.ShouldBeAsync(refused, 409, "organisation_has_people");

        (await host.PostAsync($"/people/{person}/deprovision", new { reason = "The contract ended." })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.PostAsync("/organisations/closing/close", new { reason = "The contract ended." })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using HttpResponseMessage late = await host.PostAsync("/people", new { organisation = "closing", profile = new { userName = "late" } });
        await Refusal.ShouldBeAsync(late, 404, "organisation_unknown");
    }

    private async Task DefineAsync(string id, string kind, params string[] domains)
    {
        using HttpResponseMessage defined = await PutAsync(id, kind, domains);
        defined.StatusCode.ShouldBe(HttpStatusCode.NoContent, await defined.Content.ReadAsStringAsync());
    }

    private Task<HttpResponseMessage> PutAsync(string id, string kind, params string[] domains) => host.PutAsync($"/organisations/{id}", new { name = "An organisation", kind, domains });
}
