using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.Provisioning;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>A program gets for a person what both may, and no more.</summary>
public sealed class ScopesOfPeopleTests(ScimClient scim) : IClassFixture<ScimClient>
{
    private const string Everything = "openid things.read people.manage people.read";
    private readonly IdentityFederationHost host = scim.Host;

    [Fact]
    public async Task Whoever_is_in_no_group_gets_what_everybody_may()
    {
        string client = await RegisterAsync();
        using Browser browser = await Browser.SignedInAsync(host, await PersonAsync());
        (await ScopesAsync(browser, client)).ShouldBe("openid things.read");
        using HttpResponseMessage none = await Viewer.RedeemAsync(host, client, await browser.CodeAsync(client, ("scope", "people.manage")));
        await ClientPeer.ShouldRefuseAsync(none, 400, "invalid_scope");
    }

    [Fact]
    public async Task Groups_bring_scopes_and_take_them_away_with_the_next_token()
    {
        string client = await RegisterAsync();
        string ada = await PersonAsync();
        string desk = await GroupAsync(ada);
        await AssignAsync(desk, "people.manage", "clients.manage");
        using Browser browser = await Browser.SignedInAsync(host, ada);
        JsonNode told = await Viewer.TokensAsync(host, browser, client, ("scope", $"{Everything} offline_access"));
        told["scope"]!.GetValue<string>().ShouldBe(
            "openid things.read people.manage offline_access", "neither clients.manage, which the client may not, nor people.read, which she may not");
        (await AskAsync(told, "/people/nobody/reactivate")).ShouldBe(HttpStatusCode.NotFound, "the token opens what it says");

        // What the provisioning system says anew of the group leaves its scopes.
        await scim.DoAsync("PUT", $"/Groups/{desk}", $$"""{"displayName":"{{Guid.NewGuid()}}","members":[{"value":"{{ada}}"}]}""");
        told = await RefreshAsync(client, told);
        told["scope"]!.GetValue<string>().ShouldContain("people.manage");

        await scim.DoAsync("PATCH", $"/Groups/{desk}", """{"Operations":[{"op":"remove","path":"members"}]}""");
        told = await RefreshAsync(client, told);
        told["scope"]!.GetValue<string>().ShouldBe("openid things.read offline_access");
        (await AskAsync(told, "/people/nobody/reactivate")).ShouldBe(HttpStatusCode.Forbidden);

        string other = await GroupAsync(ada);
        await AssignAsync(other, "people.read");
        told = await RefreshAsync(client, told);
        told["scope"]!.GetValue<string>().ShouldBe("openid things.read people.read offline_access");
        await scim.DoAsync("DELETE", $"/Groups/{other}");
        (await RefreshAsync(client, told))["scope"]!.GetValue<string>().ShouldBe("openid things.read offline_access");
    }

    [Fact]
    [Trait("Requirement", "S3")]
    public async Task What_groups_may_is_for_whoever_has_shown_two_factors()
    {
        string client = await RegisterAsync();
        string ada = await PersonAsync();
        await AssignAsync(await GroupAsync(ada), "people.manage");
        using Browser weak = await Browser.SignedInAsync(host, ada, AuthenticationContexts.SingleFactor);
        (await weak.ToSignInAsync(Browser.Request(client, ("scope", Everything))))["acr_values"].ShouldBe(AuthenticationContexts.MultiFactor);
        (await weak.BackAsync(Browser.Request(client, ("scope", Everything), ("prompt", "none"))))["error"].ShouldBe("login_required");
        (await weak.BackAsync(Browser.Request(client, ("scope", "openid things.read"), ("prompt", "none"))))["error"]
            .ShouldBe("login_required", "whoever may administer shows two factors whatever they came for");

        // Whoever comes into the group between the code and the token has shown no more than before.
        string eve = await PersonAsync();
        using Browser early = await Browser.SignedInAsync(host, eve, AuthenticationContexts.SingleFactor);
        string code = await early.CodeAsync(client, ("scope", Everything));
        await AssignAsync(await GroupAsync(eve), "people.manage");
        (await ClientPeer.OkAsync(await Viewer.RedeemAsync(host, client, code)))["scope"]!.GetValue<string>().ShouldBe("openid things.read");
    }

    [Fact]
    public async Task A_stronger_context_that_is_asked_for_stays()
    {
        string client = await RegisterAsync();
        string ada = await PersonAsync();
        await AssignAsync(await GroupAsync(ada), "people.manage");
        using Browser weak = await Browser.SignedInAsync(host, ada, AuthenticationContexts.SingleFactor);
        (await weak.ToSignInAsync(Browser.Request(client, ("scope", Everything), ("acr_values", "phr"))))["acr_values"].ShouldBe("phr");
    }

    [Fact]
    public async Task Groups_are_listed_with_what_their_members_may()
    {
        string desk = await GroupAsync(await PersonAsync());
        await AssignAsync(desk, "people.read");
        JsonArray groups = (await host.GetAsync("/groups?organisation=hospital&limit=500"))["groups"]!.AsArray();
        JsonNode group = groups.Single(one => one!["id"]!.GetValue<string>() == desk)!;
        group["scopes"]!.ToJsonString().ShouldBe("""["people.read"]""");
        group["members"]!.GetValue<long>().ShouldBe(1);
        (await host.GetAsync("/groups?organisation=elsewhere"))["groups"]!.AsArray().ShouldBeEmpty();
        (await host.GetAsync("/groups?limit=1"))["groups"]!.AsArray().Count.ShouldBe(1);
        (await host.SendAsync(HttpMethod.Get, "/groups?limit=0")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Nobody_takes_over_the_account_of_somebody_who_may_what_they_may_not()
    {
        string ada = await PersonAsync();
        await AssignAsync(await GroupAsync(ada), "people.manage", "policies.manage");
        string desk = host.TokenOf("uma", "people.manage");
        string identity = """{"issuer":"https://idp.test","subject":"uma"}""";
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Post, $"/people/{ada}/enrolment", "{}", desk), 403, "person_outranks_you");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Post, $"/people/{ada}/identities", identity, desk), 403, "person_outranks_you");

        string equal = host.TokenOf("grace", "people.manage", "policies.manage");
        (await host.SendAsync(HttpMethod.Post, $"/people/{ada}/enrolment", "{}", equal)).StatusCode.ShouldBe(HttpStatusCode.OK);
        string program = host.TokenOf("tests", "people.manage");
        (await host.SendAsync(HttpMethod.Post, $"/people/{ada}/enrolment", "{}", program)).StatusCode.ShouldBe(HttpStatusCode.OK);
        string nobody = await PersonAsync();
        (await host.SendAsync(HttpMethod.Post, $"/people/{nobody}/enrolment", "{}", desk)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Scopes_are_assigned_by_whoever_may()
    {
        string desk = await GroupAsync(await PersonAsync());
        using HttpResponseMessage foreign = await host.PutAsync($"/groups/{desk}/scopes", new { scopes = new[] { "people.read" } });
        foreign.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await Refusal.ShouldBeAsync(
            await host.SendAsync(HttpMethod.Put, "/groups/none/scopes", """{"scopes":[]}""", host.TokenOf("grace", "scopes.assign")), 404, "group_unknown");
    }

    private async Task<string> ScopesAsync(Browser browser, string client, string asked = Everything) =>
        (await Viewer.TokensAsync(host, browser, client, ("scope", asked)))["scope"]!.GetValue<string>();

    private async Task<JsonNode> RefreshAsync(string client, JsonNode told) =>
        await ClientPeer.OkAsync(await Viewer.RefreshAsync(host, client, told["refresh_token"]!.GetValue<string>()));

    private async Task<HttpStatusCode> AskAsync(JsonNode told, string path) =>
        (await host.SendAsync(HttpMethod.Post, path, """{"reason":"x"}""", told["access_token"]!.GetValue<string>())).StatusCode;

    private Task<string> PersonAsync() => host.PersonAsync($"p{Guid.NewGuid():n}");

    private async Task<string> GroupAsync(string member) => (await scim.DoAsync(
        "POST", "/Groups", $$"""{"displayName":"{{Guid.NewGuid()}}","members":[{"value":"{{member}}"}]}"""))["id"]!.GetValue<string>();

    private async Task AssignAsync(string group, params string[] scopes)
    {
        using HttpResponseMessage assigned = await host.SendAsync(
            HttpMethod.Put, $"/groups/{group}/scopes", new JsonObject { ["scopes"] = new JsonArray([.. scopes]) }.ToJsonString(),
            host.TokenOf("grace", "scopes.assign"));
        assigned.IsSuccessStatusCode.ShouldBeTrue(await assigned.Content.ReadAsStringAsync());
    }

    private async Task<string> RegisterAsync()
    {
        string id = $"c-{Guid.NewGuid():n}";
        using HttpResponseMessage registered = await host.PutAsync($"/clients/{id}", new
        {
            name = id, scopes = new[] { "things.read", "people.manage", "people.read" }, authentication = "none",
            redirectUris = new[] { Browser.RedirectUri }, offlineAccess = true,
        });
        registered.IsSuccessStatusCode.ShouldBeTrue(await registered.Content.ReadAsStringAsync());
        return id;
    }
}
