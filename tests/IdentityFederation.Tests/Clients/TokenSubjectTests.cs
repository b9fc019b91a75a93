using System.Net;
using System.Security.Claims;
using AccessGov.CommandEndpoints;
using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.Http;

namespace AccessGov.IdentityFederation.Tests.Clients;

/// <summary>No id is a person's and a client's: a program is never taken for a person, nor a person for a program (RFC 9068, 5).</summary>
public sealed class TokenSubjectTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    public async Task A_client_does_not_get_the_id_of_a_person()
    {
        string person = await host.PersonAsync("no-client");
        await ShouldBeTakenAsync(await RegisterAsync(person));
        (await StatusAsync($"/clients/{person}")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_person_does_not_get_the_id_of_a_client()
    {
        (await RegisterAsync("no-person")).IsSuccessStatusCode.ShouldBeTrue();
        await ShouldBeTakenAsync(await ProvisionAsync("no-person"));
        (await StatusAsync("/people/no-person")).ShouldBe(HttpStatusCode.NotFound);
        (await RegisterAsync("no-person")).IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task Of_a_person_and_a_client_at_once_one_gets_the_id()
    {
        await host.OrganisationAsync();
        for (int i = 0; i < 10; i++)
        {
            HttpResponseMessage[] both = await Task.WhenAll(RegisterAsync($"both-{i}"), ProvisionAsync($"both-{i}"));
            both.Count(answer => answer.IsSuccessStatusCode).ShouldBe(1);
            await ShouldBeTakenAsync(both.Single(answer => !answer.IsSuccessStatusCode));
        }
    }

    [Fact]
    public void Whoever_has_signed_in_is_a_person_whatever_their_id()
    {
        PersonOf(("client_id", "console"), ("sub", "console"), ("sid", "session")).ShouldBe("console");
        PersonOf(("client_id", "console"), ("sub", "console")).ShouldBeNull();
        PersonOf(("client_id", "console"), ("sub", "ada")).ShouldBe("ada");
        var caller = new CallerIdentity("console", "console", new HashSet<string>(), DateTimeOffset.MaxValue);
        caller.IsMachine.ShouldBeTrue();
        (caller with { SessionId = "session" }).IsMachine.ShouldBeFalse();
    }

    private static string? PersonOf(params (string Type, string Value)[] claims) => Caller.Person(new DefaultHttpContext
    {
        User = new ClaimsPrincipal(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value)))),
    });

    private static async Task ShouldBeTakenAsync(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("id_taken");
    }

    private async Task<HttpStatusCode> StatusAsync(string path) => (await host.SendAsync(HttpMethod.Get, path)).StatusCode;

    private Task<HttpResponseMessage> RegisterAsync(string id) =>
        host.PutAsync($"/clients/{id}", new { name = "somebody", scopes = new[] { "things.read" } });

    private Task<HttpResponseMessage> ProvisionAsync(string id) =>
        host.PostAsync("/people", new { id, organisation = "hospital", profile = new { userName = id } });
}
