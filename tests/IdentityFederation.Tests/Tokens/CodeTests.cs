using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>What codes and refresh tokens are good for, and for whom not.</summary>
public sealed class CodeTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    public async Task A_code_is_good_for_its_client_at_its_address_with_its_verifier_only()
    {
        (string client, Browser browser) = await BothAsync();
        string other = await Viewer.RegisterAsync(host, "other-viewer");
        string code = await browser.CodeAsync(client);
        await ClientPeer.ShouldRefuseAsync(await Viewer.RedeemAsync(host, other, code), 400, "invalid_grant");
        await ClientPeer.ShouldRefuseAsync(await Viewer.RedeemAsync(host, client, code, new string('a', 43)), 400, "invalid_grant");
        await ClientPeer.ShouldRefuseAsync(await Viewer.RedeemAsync(host, client, code, redirectUri: "https://viewer.test/"), 400, "invalid_grant");
        await ClientPeer.ShouldRefuseAsync(await Viewer.RedeemAsync(host, client, "nonsense"), 400, "invalid_grant");
        await ClientPeer.ShouldRefuseAsync(await Viewer.RedeemAsync(host, client, new string('x', 20_000)), 400, "invalid_grant");
        await ClientPeer.ShouldRefuseAsync(
            await ClientPeer.SendAsync(host, "/oauth/token", null, ("grant_type", "authorization_code"), ("client_id", client), ("code", code)), 400, "invalid_request");
        await ClientPeer.OkAsync(await Viewer.RedeemAsync(host, client, code));
    }

    [Fact]
    public async Task A_code_that_comes_twice_takes_back_what_it_gave()
    {
        (string client, Browser browser) = await BothAsync();
        string code = await browser.CodeAsync(client);
        JsonNode told = await ClientPeer.OkAsync(await Viewer.RedeemAsync(host, client, code));
        string access = told["access_token"]!.GetValue<string>();
        (await Viewer.IsActiveAsync(host, access)).ShouldBeTrue();
        await ClientPeer.ShouldRefuseAsync(await Viewer.RedeemAsync(host, client, code), 400, "invalid_grant");
        (await Viewer.IsActiveAsync(host, access)).ShouldBeFalse();
        (await Viewer.GetAsync(host, "/oauth/userinfo", access)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(host, client, Refresh(told)), 400, "invalid_grant");
        (await browser.BackAsync(Browser.Request(client))).ShouldContainKey("code", "the person is still signed in");
    }

    [Fact]
    public async Task Of_two_who_show_a_code_at_once_one_gets_tokens_which_are_worth_nothing_then()
    {
        (string client, Browser browser) = await BothAsync();
        string code = await browser.CodeAsync(client);
        HttpResponseMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Viewer.UntilAnsweredAsync(() => Viewer.RedeemAsync(host, client, code))));
        JsonNode told = await ClientPeer.OkAsync(answers.Single(answer => answer.IsSuccessStatusCode));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest).ShouldBe(3);
        (await Viewer.IsActiveAsync(host, told["access_token"]!.GetValue<string>())).ShouldBeFalse();
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(host, client, Refresh(told)), 400, "invalid_grant");
    }

    [Fact]
    public async Task A_code_is_over_after_a_minute_and_with_its_session()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost own = await IdentityFederationHost.StartAsync(clock: clock);
        string client = await Viewer.RegisterAsync(own, "viewer");
        Browser browser = await Browser.SignedInAsync(own, await own.PersonAsync("ada"));
        string late = await browser.CodeAsync(client);
        clock.Advance(TimeSpan.FromSeconds(61));
        await ClientPeer.ShouldRefuseAsync(await Viewer.RedeemAsync(own, client, late), 400, "invalid_grant");
        string orphan = await browser.CodeAsync(client);
        await EndBySecurityAsync(own, browser.Session);
        await ClientPeer.ShouldRefuseAsync(await Viewer.RedeemAsync(own, client, orphan), 400, "invalid_grant");
    }

    [Fact]
    public async Task A_refresh_token_is_another_one_after_each_use_and_may_be_asked_for_less()
    {
        (string client, Browser browser) = await BothAsync();
        JsonNode first = await Viewer.TokensAsync(host, browser, client);
        JsonNode less = await ClientPeer.OkAsync(await Viewer.RefreshAsync(host, client, Refresh(first), ("scope", "things.read")));
        less["scope"]!.GetValue<string>().ShouldBe("things.read");
        less["id_token"].ShouldBeNull();
        Refresh(less).ShouldNotBe(Refresh(first));
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(host, client, Refresh(less), ("scope", "sessions.own")), 400, "invalid_scope");
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(host, client, Refresh(less), ("resource", "https://elsewhere.test")), 400, "invalid_target");
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(host, await Viewer.RegisterAsync(host, "other-viewer"), Refresh(less)), 400, "invalid_grant");
        JsonNode again = await ClientPeer.OkAsync(await Viewer.RefreshAsync(host, client, Refresh(less)));
        again["scope"]!.GetValue<string>().ShouldBe("openid profile offline_access things.read");
    }

    [Fact]
    public async Task A_refresh_token_that_comes_twice_ends_the_session()
    {
        (string client, Browser browser) = await BothAsync();
        JsonNode first = await Viewer.TokensAsync(host, browser, client);
        JsonNode second = await ClientPeer.OkAsync(await Viewer.RefreshAsync(host, client, Refresh(first)));
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(host, client, Refresh(first)), 400, "invalid_grant");
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(host, client, Refresh(second)), 400, "invalid_grant");
        (await Viewer.IsActiveAsync(host, second["access_token"]!.GetValue<string>())).ShouldBeFalse();
        await browser.ToSignInAsync(Browser.Request(client));
        (await EndOfAsync(browser.Session)).Cause.ShouldBe(SessionEnds.TokenReused);
    }

    [Fact]
    public async Task Of_two_who_refresh_at_once_one_gets_tokens_which_are_worth_nothing_then()
    {
        (string client, Browser browser) = await BothAsync();
        JsonNode first = await Viewer.TokensAsync(host, browser, client);
        HttpResponseMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Viewer.UntilAnsweredAsync(() => Viewer.RefreshAsync(host, client, Refresh(first)))));
        JsonNode told = await ClientPeer.OkAsync(answers.Single(answer => answer.IsSuccessStatusCode));
        (await Viewer.IsActiveAsync(host, told["access_token"]!.GetValue<string>())).ShouldBeFalse();
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(host, client, Refresh(told)), 400, "invalid_grant");
        (await EndOfAsync(browser.Session)).Cause.ShouldBe(SessionEnds.TokenReused);
    }

    [Fact]
    public async Task A_client_gives_its_refresh_token_back_with_all_that_it_gave()
    {
        (string client, Browser browser) = await BothAsync();
        JsonNode told = await Viewer.TokensAsync(host, browser, client);
        using HttpResponseMessage foreign = await ClientPeer.SendAsync(
            host, "/oauth/revoke", null, ("client_id", await Viewer.RegisterAsync(host, "other-viewer")), ("token", Refresh(told)));
        (await Viewer.IsActiveAsync(host, told["access_token"]!.GetValue<string>())).ShouldBeTrue("only its own client gives it back");
        (await ClientPeer.SendAsync(host, "/oauth/revoke", null, ("client_id", client), ("token", Refresh(told)))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Viewer.IsActiveAsync(host, told["access_token"]!.GetValue<string>())).ShouldBeFalse();
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(host, client, Refresh(told)), 400, "invalid_grant");
        (await browser.BackAsync(Browser.Request(client))).ShouldContainKey("code");
    }

    [Fact]
    public async Task Who_may_not_have_refresh_tokens_gets_none_and_who_may_not_ask_for_people_no_code()
    {
        (_, Browser browser) = await BothAsync();
        string online = await Viewer.RegisterAsync(host, "online", offlineAccess: false);
        JsonNode told = await Viewer.TokensAsync(host, browser, online);
        told["refresh_token"].ShouldBeNull();
        told["scope"]!.GetValue<string>().ShouldBe("openid profile things.read");
        (await Viewer.TokensAsync(host, browser, await Viewer.RegisterAsync(host, "viewer"), ("scope", "things.read")))["id_token"].ShouldBeNull();
        await ClientPeer.ShouldRefuseAsync(
            await ClientPeer.SendAsync(host, "/oauth/token", null, ("grant_type", "client_credentials"), ("client_id", online)), 400, "unauthorized_client");
        await ClientPeer.ShouldRefuseAsync(
            await ClientPeer.SendAsync(host, "/oauth/introspect", null, ("client_id", online), ("token", "x")), 403, "unauthorized_client");
        ClientPeer machine = await ClientPeer.WithSecretAsync(host, "machine");
        await ClientPeer.ShouldRefuseAsync(
            await ClientPeer.SendAsync(host, "/oauth/token", null, ("grant_type", "client_credentials"), ("client_id", machine.Id)), 401, "invalid_client");
    }

    [Fact]
    public async Task A_confidential_client_shows_who_it_is_besides_the_code()
    {
        (_, Browser browser) = await BothAsync();
        await host.PutAsync("/clients/server-side", new { name = "x", scopes = new[] { "things.read" }, redirectUris = new[] { Browser.RedirectUri } });
        var peer = new ClientPeer(host, "server-side", await ClientPeer.RotateAsync(host, "server-side"));
        string code = await browser.CodeAsync(peer.Id);
        await ClientPeer.ShouldRefuseAsync(await Viewer.RedeemAsync(host, peer.Id, code), 401, "invalid_client");
        await ClientPeer.OkAsync(await peer.SendAsync(
            "/oauth/token", ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Browser.RedirectUri), ("code_verifier", Browser.Verifier)));
    }

    [Fact]
    public async Task What_a_client_had_before_it_was_disabled_is_worth_nothing_when_it_is_enabled_again()
    {
        (_, Browser browser) = await BothAsync();
        string client = await Viewer.RegisterAsync(host, "disabled-viewer");
        JsonNode told = await Viewer.TokensAsync(host, browser, client);
        await host.PostAsync($"/clients/{client}/disable", new { reason = "An alert." });
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(host, client, Refresh(told)), 401, "invalid_client");
        await host.SendAsync(HttpMethod.Post, $"/clients/{client}/enable");
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(host, client, Refresh(told)), 400, "invalid_grant");
        await Viewer.TokensAsync(host, browser, client);
    }

    [Fact]
    public async Task Neither_a_code_nor_a_refresh_token_is_in_the_database()
    {
        (string client, Browser browser) = await BothAsync();
        string code = await browser.CodeAsync(client);
        JsonNode told = await ClientPeer.OkAsync(await Viewer.RedeemAsync(host, client, code));
        await using var connection = new Npgsql.NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(
            "select (select string_agg(g::text, '') from identity_federation.authorization_grant g) || (select string_agg(r::text, '') from identity_federation.refresh_token r)",
            connection);
        string stored = (string)(await command.ExecuteScalarAsync())!;
        stored.ShouldContain(browser.Session);
        foreach (string secret in new[] { code, Refresh(told) })
        {
            // The database shows bytes in hexadecimal: neither the text nor what it stands for is there, its hash is.
            stored.ShouldNotContain(secret);
            stored.ShouldNotContain(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(secret)));
            stored.ShouldNotContain(Convert.ToHexStringLower(System.Buffers.Text.Base64Url.DecodeFromChars(secret)));
            stored.ShouldContain(Convert.ToHexStringLower(IdentityFederation.Tokens.AuthorizationGrants.HashOf(secret)));
        }
    }

    [Fact]
    public async Task What_a_person_is_called_is_told_with_the_scope_for_it()
    {
        (string client, Browser browser) = await BothAsync();
        string full = Access(await Viewer.TokensAsync(host, browser, client));
        JsonNode said = await ClientPeer.OkAsync(await Viewer.GetAsync(host, "/oauth/userinfo", full));
        said["sub"]!.GetValue<string>().ShouldBe(browser.Person);
        said["preferred_username"]!.GetValue<string>().ShouldStartWith("p");
        said["email"].ShouldBeNull();
        string least = Access(await Viewer.TokensAsync(host, browser, client, ("scope", "openid")));
        (await ClientPeer.OkAsync(await Viewer.GetAsync(host, "/oauth/userinfo", least))).AsObject().Count.ShouldBe(1);
        string none = Access(await Viewer.TokensAsync(host, browser, client, ("scope", "things.read")));
        (await Viewer.GetAsync(host, "/oauth/userinfo", none)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await host.Client.GetAsync("/oauth/userinfo")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        ClientPeer machine = await ClientPeer.WithSecretAsync(host, "machine", "openid");
        (await Viewer.GetAsync(host, "/oauth/userinfo", await machine.TokenAsync())).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    internal static async Task EndBySecurityAsync(IdentityFederationHost host, string session)
    {
        using HttpResponseMessage ended = await host.SendAsync(
            HttpMethod.Post, $"/sessions/{session}/end", """{"reason":"Stolen laptop."}""", host.TokenOf("grace", "sessions.manage"));
        ended.IsSuccessStatusCode.ShouldBeTrue(await ended.Content.ReadAsStringAsync());
    }

    private static string Refresh(JsonNode told) => told["refresh_token"]!.GetValue<string>();

    private static string Access(JsonNode told) => told["access_token"]!.GetValue<string>();

    private async Task<SessionEnded> EndOfAsync(string session) =>
        (SessionEnded)(await host.Store.LoadAsync(Session.Streams.StreamId(session))).Events[^1].Data;

    private async Task<(string Client, Browser Browser)> BothAsync() =>
        (await Viewer.RegisterAsync(host, "viewer"), await Browser.SignedInAsync(host, await host.PersonAsync($"p{Guid.NewGuid():n}")));
}
