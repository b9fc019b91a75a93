using System.Net;
using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>What clients may know of people, by the scopes of OpenID Connect.</summary>
public sealed class OpenIdScopeTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    public async Task The_address_is_told_with_the_scope_for_it_and_nobody_has_verified_it()
    {
        (string client, Browser browser) = await BothAsync();
        JsonNode told = await Viewer.TokensAsync(host, browser, client, ("scope", "openid profile email"));
        told["scope"]!.GetValue<string>().ShouldBe("openid profile email");

        JsonNode all = await ClaimsAsync(told);
        all["email"]!.GetValue<string>().ShouldBe("ada@hospital.test");
        all["email_verified"]!.GetValue<bool>().ShouldBeFalse();
        all["name"]!.GetValue<string>().ShouldBe("Ada");

        JsonNode profile = await ClaimsAsync(await Viewer.TokensAsync(host, browser, client, ("scope", "openid profile")));
        profile["name"]!.GetValue<string>().ShouldBe("Ada");
        profile["email"].ShouldBeNull();

        JsonNode email = await ClaimsAsync(await Viewer.TokensAsync(host, browser, client, ("scope", "openid email")));
        email.AsObject().Select(claim => claim.Key).ShouldBe(["sub", "email", "email_verified"]);
    }

    [Fact]
    public async Task What_is_not_understood_or_not_the_clients_is_ignored_and_the_answer_names_what_is_given()
    {
        (string client, Browser browser) = await BothAsync();
        JsonNode told = await Viewer.TokensAsync(
            host, browser, client, ("scope", "openid phone things.read things.write urn:nobody:knows"));
        told["scope"]!.GetValue<string>().ShouldBe("openid things.read");
    }

    [Fact]
    public async Task The_description_names_scopes_and_claims()
    {
        JsonNode said = JsonNode.Parse(await host.Client.GetStringAsync("/.well-known/openid-configuration"))!;
        said["scopes_supported"]!.AsArray().Select(scope => scope!.GetValue<string>())
            .ShouldBe(["openid", "profile", "email", "offline_access"]);
        said["claims_supported"]!.AsArray().Select(claim => claim!.GetValue<string>()).ShouldContain("email_verified");
    }

    [Fact]
    public async Task A_client_that_only_wants_to_know_who_it_is_has_the_scope_openid()
    {
        using HttpResponseMessage registered = await host.PutAsync("/clients/portal", new
        {
            name = "portal", scopes = new[] { "openid" }, authentication = "none", redirectUris = new[] { Browser.RedirectUri },
        });
        registered.StatusCode.ShouldBe(HttpStatusCode.NoContent, await registered.Content.ReadAsStringAsync());
        (_, Browser browser) = await BothAsync();
        JsonNode told = await Viewer.TokensAsync(host, browser, "portal", ("scope", "openid profile offline_access"));
        told["scope"]!.GetValue<string>().ShouldBe("openid profile");
        (await ClaimsAsync(told))["name"]!.GetValue<string>().ShouldBe("Ada");
    }

    [Fact]
    public async Task The_token_may_be_sent_in_a_form_but_in_one_way_only()
    {
        (string client, Browser browser) = await BothAsync();
        string token = (await Viewer.TokensAsync(host, browser, client))["access_token"]!.GetValue<string>();
        using HttpResponseMessage inForm = await ClientPeer.SendAsync(host, "/oauth/userinfo", null, ("access_token", token));
        (await ClientPeer.OkAsync(inForm))["sub"]!.GetValue<string>().ShouldBe(browser.Person);
        using var twice = new HttpRequestMessage(HttpMethod.Post, "/oauth/userinfo")
        {
            Headers = { Authorization = new("Bearer", token) },
            Content = new FormUrlEncodedContent([KeyValuePair.Create("access_token", token)]),
        };
        (await host.Client.SendAsync(twice)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using HttpResponseMessage wrong = await ClientPeer.SendAsync(host, "/oauth/userinfo", null, ("access_token", "nonsense"));
        wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await host.Client.GetAsync($"/oauth/userinfo?access_token={token}")).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized, "what is in an address is kept in logs");
        (await host.Client.PostAsync("/oauth/userinfo", null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var posted = new HttpRequestMessage(HttpMethod.Post, "/oauth/userinfo");
        posted.Headers.Authorization = new("Bearer", token);
        (await host.Client.SendAsync(posted)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/oauth/jwks")]
    public async Task Whoever_asks_for_the_head_alone_gets_it(string path)
    {
        using HttpResponseMessage whole = await host.Client.GetAsync(path);
        using HttpResponseMessage head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Headers.ETag.ShouldBe(whole.Headers.ETag);
        head.Content.Headers.ContentType.ShouldBe(whole.Content.Headers.ContentType);
        head.Content.Headers.ContentLength.ShouldBe(whole.Content.Headers.ContentLength);
        (await head.Content.ReadAsStringAsync()).ShouldBeEmpty();
    }

    private async Task<JsonNode> ClaimsAsync(JsonNode told) => await ClientPeer.OkAsync(
        await Viewer.GetAsync(host, "/oauth/userinfo", told["access_token"]!.GetValue<string>()));

    private async Task<(string Client, Browser Browser)> BothAsync()
    {
        await host.OrganisationAsync();
        using HttpResponseMessage provisioned = await host.PostAsync("/people", new
        {
            organisation = "hospital",
            profile = new
            {
                userName = $"p{Guid.NewGuid():n}", displayName = "Ada", emails = new[] { new { value = "ada@hospital.test", primary = true } },
            },
        });
        string person = JsonNode.Parse(await provisioned.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
        return (await Viewer.RegisterAsync(host, "viewer"), await Browser.SignedInAsync(host, person));
    }
}
