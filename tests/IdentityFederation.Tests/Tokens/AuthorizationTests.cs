using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>The way of a person through the authorization endpoint.</summary>
public sealed class AuthorizationTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    public async Task Somebody_who_is_signed_in_gets_tokens_that_say_who_how_when_and_in_which_session()
    {
        (string client, Browser browser) = await BothAsync();
        Dictionary<string, string> back = await browser.BackAsync(Browser.Request(client));
        back["state"].ShouldBe("s-1");
        back["iss"].ShouldBe("https://identity.test");
        JsonNode told = await ClientPeer.OkAsync(await Viewer.RedeemAsync(host, client, back["code"]));

        told["token_type"]!.GetValue<string>().ShouldBe("Bearer");
        told["expires_in"]!.GetValue<int>().ShouldBe(900);
        told["scope"]!.GetValue<string>().ShouldBe("openid profile offline_access things.read");
        told["refresh_token"]!.GetValue<string>().Length.ShouldBe(43);
        var access = new JsonWebToken(told["access_token"]!.GetValue<string>());
        var identity = new JsonWebToken(told["id_token"]!.GetValue<string>());
        (access.Alg, identity.Alg).ShouldBe(("ES256", "RS256"));
        access.Typ.ShouldBe("at+jwt");
        access.GetPayloadValue<string>("client_id").ShouldBe(client);
        access.Audiences.ShouldBe(["accessgov"]);
        identity.Typ.ShouldBe("JWT");
        identity.Audiences.ShouldBe([client]);
        identity.GetPayloadValue<string>("nonce").ShouldBe("n-1");
        identity.GetPayloadValue<string>("at_hash").ShouldNotBeEmpty();
        foreach (JsonWebToken token in new[] { access, identity })
        {
            token.Issuer.ShouldBe("https://identity.test");
            token.Subject.ShouldBe(browser.Person);
            token.GetPayloadValue<string>("sid").ShouldBe(browser.Session);
            token.GetPayloadValue<string>("acr").ShouldBe(AuthenticationContexts.MultiFactor);
            token.GetPayloadValue<string[]>("amr").ShouldBe(["pwd", "otp", "mfa"]);
            token.GetPayloadValue<long>("auth_time").ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(-5).ToUnixTimeSeconds(), DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        }
    }

    [Fact]
    public async Task More_seconds_than_anybody_counts_are_no_limit()
    {
        (string client, Browser browser) = await BothAsync(ago: TimeSpan.FromMinutes(5));
        (await browser.BackAsync(Browser.Request(client, ("max_age", "99999999999999999999")))).ShouldContainKey("code");
    }

    [Fact]
    public async Task A_client_chooses_what_its_id_tokens_are_signed_with()
    {
        object viewer(string? algorithm) => new
        {
            name = "x", scopes = new[] { "things.read" }, authentication = "none", redirectUris = new[] { Browser.RedirectUri }, idTokenAlgorithm = algorithm,
        };
        await Refusal.ShouldBeAsync(await host.PutAsync("/clients/chooser", viewer("none")), 400, "client_malformed");
        (await host.PutAsync("/clients/chooser", viewer("ES256"))).IsSuccessStatusCode.ShouldBeTrue();
        (_, Browser browser) = await BothAsync();
        string signed = (await Viewer.TokensAsync(host, browser, "chooser"))["id_token"]!.GetValue<string>();
        new JsonWebToken(signed).Alg.ShouldBe("ES256");
        (await browser.BackAsync(Browser.Request("chooser", ("id_token_hint", signed), ("prompt", "none")))).ShouldContainKey("code");
        (await host.GetAsync("/clients/chooser"))["idTokenAlgorithm"]!.GetValue<string>().ShouldBe("ES256");
    }

    [Fact]
    public async Task Nobody_who_is_not_signed_in_gets_a_code()
    {
        string client = await Viewer.RegisterAsync(host, "viewer");
        using var browser = new Browser(host);
        Dictionary<string, string> page = await browser.ToSignInAsync(
            Browser.Request(client, ("login_hint", "ada"), ("max_age", "300"), ("acr_values", $"{AuthenticationContexts.SingleFactor} phr unknown")));
        page["login_hint"].ShouldBe("ada");
        page["max_age"].ShouldBe("300");
        page["acr_values"].ShouldBe("phr", "the highest that is known counts");
        page["returnUrl"].ShouldStartWith("/oauth/authorize?");
        Dictionary<string, string> back = await browser.BackAsync(Browser.Request(client, ("prompt", "none")));
        back["error"].ShouldBe("login_required");
        back["state"].ShouldBe("s-1");
        back["iss"].ShouldBe("https://identity.test");
        back.ShouldNotContainKey("code");
        browser.Cookie = "__Host-accessgov-session=nonsense";
        await browser.ToSignInAsync(Browser.Request(client));
    }

    [Fact]
    public async Task Who_came_in_too_weakly_steps_up_and_the_tokens_say_so_also_after_a_refresh()
    {
        (string client, Browser browser) = await BothAsync();
        string request = Browser.Request(client, ("acr_values", "phr"));
        string returnUrl = (await browser.ToSignInAsync(request))["returnUrl"];
        await browser.ToSignInAsync(returnUrl);
        Browser stepped = await browser.StepUpAsync(host, AuthenticationContexts.PhishingResistant);
        await browser.ToSignInAsync(returnUrl);
        string code = (await stepped.BackAsync(returnUrl))["code"];
        JsonNode told = await ClientPeer.OkAsync(await Viewer.RedeemAsync(host, client, code));
        string before = new JsonWebToken(told["id_token"]!.GetValue<string>()).GetPayloadValue<string>("acr");
        JsonNode refreshed = await ClientPeer.OkAsync(await Viewer.RefreshAsync(host, client, told["refresh_token"]!.GetValue<string>()));
        before.ShouldBe("phr");
        new JsonWebToken(refreshed["access_token"]!.GetValue<string>()).GetPayloadValue<string>("acr").ShouldBe("phr");
        new JsonWebToken(refreshed["id_token"]!.GetValue<string>()).TryGetPayloadValue("nonce", out string? _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("prompt", "login")]
    [InlineData("max_age", "0")]
    [InlineData("max_age", "60")]
    public async Task Who_is_to_show_again_who_they_are_does_so_once(string name, string value)
    {
        (string client, Browser browser) = await BothAsync(ago: TimeSpan.FromMinutes(5));
        string request = Browser.Request(client, (name, value));
        string returnUrl = (await browser.ToSignInAsync(request))["returnUrl"];
        (await browser.ToSignInAsync(returnUrl))["returnUrl"].ShouldStartWith("/oauth/authorize?", Case.Sensitive, "going back without showing it does not help");
        Browser stepped = await browser.StepUpAsync(host, AuthenticationContexts.MultiFactor);
        (await stepped.BackAsync(returnUrl)).ShouldContainKey("code");

        string another = returnUrl.Replace("n-1", "n-2", StringComparison.Ordinal);
        if (value != "60")
        {
            await stepped.ToSignInAsync(request);
            await stepped.ToSignInAsync(another);
            await stepped.ToSignInAsync(returnUrl[..^4] + "AAAA");
        }
    }

    [Theory]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge", "short", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("scope", null, "invalid_scope")]
    [InlineData("scope", "things.write", "invalid_scope")]
    [InlineData("resource", "https://elsewhere.test", "invalid_target")]
    [InlineData("prompt", "none login", "invalid_request")]
    [InlineData("prompt", "create", "invalid_request")]
    [InlineData("max_age", "-1", "invalid_request")]
    [InlineData("max_age", "1e3", "invalid_request")]
    [InlineData("acr_values", "urn:nobody:knows", "unmet_authentication_requirements")]
    [InlineData("request", "x.y.z", "request_not_supported")]
    [InlineData("request_uri", "https://viewer.test/r", "request_uri_not_supported")]
    public async Task What_is_wrong_is_told_to_the_client_with_its_state(string name, string? value, string error)
    {
        (string client, Browser browser) = await BothAsync();
        Dictionary<string, string> back = await browser.BackAsync(Browser.Request(client, (name, value), ("state", "a&b=c#d")));
        back["error"].ShouldBe(error);
        back["state"].ShouldBe("a&b=c#d");
        back["iss"].ShouldBe("https://identity.test");
        back.ShouldNotContainKey("code");
    }

    [Theory]
    [InlineData("client_id", "nobody")]
    [InlineData("client_id", null)]
    [InlineData("client_id", "machine")]
    [InlineData("client_id", "gone-viewer")]
    [InlineData("redirect_uri", null)]
    [InlineData("redirect_uri", "https://viewer.test/callback/")]
    [InlineData("redirect_uri", "https://viewer.test/callback/../evil")]
    [InlineData("redirect_uri", "https://viewer.test/callback?x=1")]
    [InlineData("redirect_uri", "https://viewer.test/Callback")]
    [InlineData("redirect_uri", "https://VIEWER.test/callback")]
    [InlineData("redirect_uri", "https://viewer.test.evil.test/callback")]
    [InlineData("redirect_uri", "https://viewer.test@evil.test/callback")]
    [InlineData("redirect_uri", "http://viewer.test/callback")]
    [InlineData("redirect_uri", "https://viewer.test:443/callback")]
    [InlineData("redirect_uri", "javascript:alert(1)")]
    [InlineData("redirect_uri", "//evil.test")]
    public async Task Nobody_is_sent_to_an_address_that_is_not_the_clients(string name, string? value)
    {
        (string client, Browser browser) = await BothAsync();
        await ClientPeer.WithSecretAsync(host, "machine");
        await Viewer.RegisterAsync(host, "gone-viewer");
        await host.PostAsync("/clients/gone-viewer/disable", new { reason = "An alert." });
        using HttpResponseMessage answer = await browser.GetAsync(Browser.Request(client, (name, value)));
        await ShouldBePageAsync(answer);
    }

    [Fact]
    public async Task What_is_repeated_or_too_long_is_told_to_the_person()
    {
        (string client, Browser browser) = await BothAsync();
        await ShouldBePageAsync(await browser.GetAsync(Browser.Request(client) + "&state=other"));
        await ShouldBePageAsync(await browser.GetAsync(Browser.Request(client) + "&redirect_uri=https%3A%2F%2Fevil.test"));
        await ShouldBePageAsync(await browser.GetAsync(Browser.Request(client, ("state", new string('x', 2_001)))));
        await ShouldBePageAsync(await browser.GetAsync(Browser.Request(client, ("state", new string('x', 1_999)), ("nonce", new string('x', 1_999)))));
        await ShouldBePageAsync(await browser.PostAsync("/oauth/authorize", ("client_id", client), ("nonce", "a\0b")));
        using HttpResponseMessage posted = await browser.PostAsync(
            "/oauth/authorize", [.. Browser.ParametersOf(Browser.Request(client)).Select(parameter => (parameter.Key, parameter.Value))]);
        posted.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        Browser.ParametersOf(posted.Headers.Location!.OriginalString).ShouldContainKey("code");
    }

    [Fact]
    public async Task A_program_on_the_persons_device_listens_on_any_port_but_nowhere_else()
    {
        await host.PutAsync("/clients/native", new
        {
            name = "x", scopes = new[] { "things.read" }, authentication = "none", redirectUris = new[] { "http://127.0.0.1/cb", "http://[::1]/cb" },
        });
        using Browser browser = await Browser.SignedInAsync(host, await host.PersonAsync($"p{Guid.NewGuid():n}"));
        foreach (string good in new[] { "http://127.0.0.1:51004/cb", "http://[::1]:51004/cb", "http://127.0.0.1/cb" })
        {
            // Another program may listen there: nothing is given silently, also to whoever is signed in.
            string request = Browser.Request("native", ("redirect_uri", good));
            (await browser.BackAsync(Browser.Request("native", ("redirect_uri", good), ("prompt", "none")), good))["error"].ShouldBe("login_required");
            string returnUrl = (await browser.ToSignInAsync(request))["returnUrl"];
            using Browser again = await browser.StepUpAsync(host, AuthenticationContexts.PhishingResistant);
            (await again.BackAsync(returnUrl, good)).ShouldContainKey("code");
            browser.Cookie = again.Cookie;
        }

        foreach (string bad in new[] { "http://127.0.0.1:51004/cb2", "http://127.0.0.1:51004@evil.test/cb", "http://localhost:51004/cb", "http://127.0.0.2:1/cb" })
        {
            await ShouldBePageAsync(await browser.GetAsync(Browser.Request("native", ("redirect_uri", bad))));
        }
    }

    [Fact]
    public async Task A_program_that_is_opened_by_a_scheme_of_its_own_gets_a_code_for_a_sign_in_made_for_it_at_exactly_its_address()
    {
        const string Own = "com.example.viewer:/callback";
        using HttpResponseMessage registered = await host.PutAsync("/clients/opened", new
        {
            name = "x", scopes = new[] { "things.read" }, authentication = "none", redirectUris = new[] { Own },
        });
        registered.IsSuccessStatusCode.ShouldBeTrue(await registered.Content.ReadAsStringAsync());
        using Browser browser = await Browser.SignedInAsync(host, await host.PersonAsync($"p{Guid.NewGuid():n}"));
        string returnUrl = (await browser.ToSignInAsync(Browser.Request("opened", ("redirect_uri", Own))))["returnUrl"];
        using Browser again = await browser.StepUpAsync(host, AuthenticationContexts.MultiFactor);
        string code = (await again.BackAsync(returnUrl, Own))["code"];
        await ClientPeer.OkAsync(await Viewer.RedeemAsync(host, "opened", code, redirectUri: Own));
        foreach (string bad in new[] { "com.example.viewer:/callback2", "com.example.viewer:callback", "COM.example.viewer:/callback", "com.example.other:/callback" })
        {
            await ShouldBePageAsync(await browser.GetAsync(Browser.Request("opened", ("redirect_uri", bad))));
        }
    }

    private static async Task ShouldBePageAsync(HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(400, text);
        answer.Headers.Location.ShouldBeNull();
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
        text.ShouldNotContain("evil");
    }

    private async Task<(string Client, Browser Browser)> BothAsync(TimeSpan? ago = null) =>
        (await Viewer.RegisterAsync(host, "viewer"), await Browser.SignedInAsync(host, await host.PersonAsync($"p{Guid.NewGuid():n}"), ago: ago));
}
