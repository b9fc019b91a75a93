using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.People;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.IdentityFederation.Tests.People;

public sealed class PersonTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    private PersonDirectory Directory => host.Services.GetRequiredService<PersonDirectory>();

    [Fact]
    public async Task A_person_is_found_by_user_name_in_any_case_as_soon_as_they_are_provisioned()
    {
        string id = await host.PersonAsync("Ada.Lovelace");

        (await Directory.FindByUserNameAsync("ADA.lovelace", CancellationToken.None))!.Id.ShouldBe(id);
        JsonNode person = await host.GetAsync($"/people/{id}");
        person["profile"]!["userName"]!.GetValue<string>().ShouldBe("Ada.Lovelace");
        person["history"]!.AsArray().Select(change => change!["name"]!.GetValue<string>()).ShouldBe(["person_provisioned"]);
        person["history"]![0]!["by"]!.GetValue<string>().ShouldBe("grace");
    }

    [Theory]
    [InlineData("twin", "TWIN")]
    [InlineData("ﬁna", "fina")]
    [Trait("Requirement", "S1")]
    public async Task Two_people_never_have_one_user_name(string first, string second)
    {
        await host.PersonAsync(first);
        using HttpResponseMessage refused = await host.PostAsync("/people", new { organisation = "hospital", profile = new { userName = second } });
        await Refusal.ShouldBeAsync(refused, 409, "user_name_taken");
    }

    [Fact]
    public async Task Of_twenty_who_ask_for_one_user_name_at_once_one_gets_it()
    {
        await host.OrganisationAsync();
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(_ => host.PostAsync("/people", new { organisation = "hospital", profile = new { userName = "wanted" } })));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        foreach (HttpResponseMessage refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            await Refusal.ShouldBeAsync(refused, 409, "user_name_taken");
        }

        (await host.GetAsync("/people?search=wanted"))["people"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_external_id_is_unique_within_an_organisation_only()
    {
        await ProvisionAsync("hospital", "external-1", "E1");
        await ProvisionAsync("other-house", "external-2", "E1");
        using HttpResponseMessage refused = await host.PostAsync("/people", new { organisation = "hospital", profile = new { userName = "external-3", externalId = "E1" } });
        await Refusal.ShouldBeAsync(refused, 409, "external_id_taken");
    }

    [Fact]
    public async Task A_user_name_that_somebody_gave_up_is_free_again_and_one_that_is_refused_changes_nothing()
    {
        string leaver = await host.PersonAsync("leaver");
        string stayer = await host.PersonAsync("stayer");

        using HttpResponseMessage refused = await host.PutAsync($"/people/{stayer}/profile", new { userName = "Leaver" });
        await Refusal.ShouldBeAsync(refused, 409, "user_name_taken");
        (await host.GetAsync($"/people/{stayer}"))["profile"]!["userName"]!.GetValue<string>().ShouldBe("stayer");

        (await host.PostAsync($"/people/{leaver}/deprovision", new { reason = "left" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.PutAsync($"/people/{stayer}/profile", new { userName = "Leaver" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using HttpResponseMessage gone = await host.PutAsync($"/people/{leaver}/profile", new { userName = "back" });
        await Refusal.ShouldBeAsync(gone, 409, "person_gone");
    }

    [Fact]
    [Trait("Requirement", "S1")]
    public async Task A_subject_of_a_provider_is_one_person_only()
    {
        string ada = await host.PersonAsync("linked-ada");
        string eve = await host.PersonAsync("linked-eve");
        var identity = new { issuer = "https://login.hospital.example", subject = "Sub-1" };

        (await host.PostAsync($"/people/{ada}/identities", identity)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using HttpResponseMessage refused = await host.PostAsync($"/people/{eve}/identities", identity);
        await Refusal.ShouldBeAsync(refused, 409, "identity_taken");
        (await Directory.FindByIdentityAsync(identity.issuer, identity.subject, CancellationToken.None))!.Id.ShouldBe(ada);
        (await Directory.FindByIdentityAsync(identity.issuer, "sub-1", CancellationToken.None)).ShouldBeNull("subjects are compared as they are written");

        (await host.PostAsync($"/people/{ada}/identities/unlink", identity)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.PostAsync($"/people/{eve}/identities", identity)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Whoever_is_suspended_stays_out_until_somebody_else_reinstates_them()
    {
        string id = await host.PersonAsync("suspect");
        (await host.PostAsync($"/people/{id}/suspend", new { reason = "An alert is being looked into." })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Directory.FindAsync(id, CancellationToken.None))!.Suspended.ShouldBeTrue();

        using HttpResponseMessage refused = await host.SendAsync(
            HttpMethod.Post, $"/people/{id}/reinstate", """{"reason":"It was me."}""", host.TokenOf(id, "people.suspend"));
        await Refusal.ShouldBeAsync(refused, 409, "self_reinstatement");

        (await host.PostAsync($"/people/{id}/reinstate", new { reason = "It was a mistake." })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Directory.FindAsync(id, CancellationToken.None))!.Suspended.ShouldBeFalse();
    }

    [Fact]
    public async Task A_command_for_another_version_is_refused_and_a_repeated_one_answers_the_same()
    {
        string id = await host.PersonAsync("versioned");
        using HttpResponseMessage stale = await host.PutAsync($"/people/{id}/profile", new { userName = "versioned-2" }, ("If-Match", "\"7\""));
        await Refusal.ShouldBeAsync(stale, 412, "stale");

        var body = new { organisation = "hospital", profile = new { userName = "repeated" } };
        using HttpResponseMessage first = await host.PostAsync("/people", body, ("Idempotency-Key", "k-1"));
        using HttpResponseMessage second = await host.PostAsync("/people", body, ("Idempotency-Key", "k-1"));
        (await second.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        first.Headers.GetValues("AccessGov-Position").ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("""{"organisation":"hospital","profile":{"userName":" padded"}}""", 400, "user_name_malformed")]
    [InlineData("""{"organisation":"hospital","profile":{"userName":"x","timeZone":"Mars/Olympus"}}""", 400, "person_malformed")]
    [InlineData("""{"organisation":"hospital","profile":{"userName":"x","emails":[{"value":""}]}}""", 400, "person_malformed")]
    [InlineData("""{"organisation":"hospital","profile":{"userName":"x","emails":[null]}}""", 400, "person_malformed")]
    [InlineData("""{"organisation":"hospital","profile":{"userName":"x","phoneNumbers":[null]}}""", 400, "person_malformed")]
    [InlineData("""{"organisation":"hospital","profile":{"userName":"x"},"id":"Not An Id"}""", 400, "person_malformed")]
    [InlineData("""{"organisation":"nowhere","profile":{"userName":"x"}}""", 404, "organisation_unknown")]
    public async Task What_cannot_be_a_person_is_refused(string body, int status, string code)
    {
        await host.OrganisationAsync();
        using HttpResponseMessage refused = await host.SendAsync(HttpMethod.Post, "/people", body);
        await Refusal.ShouldBeAsync(refused, status, code);
    }

    [Theory]
    [InlineData("people.read", "POST", "/people")]
    [InlineData("people.manage", "GET", "/people")]
    [InlineData("people.manage", "POST", "/people/x/suspend")]
    [InlineData("people.manage", "PUT", "/organisations/x")]
    public async Task A_scope_opens_what_it_names_only(string scope, string method, string path)
    {
        using HttpResponseMessage refused = await host.SendAsync(new HttpMethod(method), path, method == "GET" ? null : "{}", host.TokenOf("grace", scope));
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task ProvisionAsync(string organisation, string userName, string externalId)
    {
        await host.OrganisationAsync(organisation);
        using HttpResponseMessage provisioned = await host.PostAsync("/people", new { organisation, profile = new { userName, externalId } });
        provisioned.StatusCode.ShouldBe(HttpStatusCode.Created, await provisioned.Content.ReadAsStringAsync());
    }
}
