using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tokens;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>How people sign out, and how clients hear of it.</summary>
public sealed class SignOutTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    private const string Home = "https://viewer.test/";

    [Fact]
    public async Task With_an_id_token_of_the_session_it_ends_at_once_and_the_browser_goes_back()
    {
        (string client, Browser browser, JsonNode told) = await SignedInAsync();
        using HttpResponseMessage answer = await browser.GetAsync(
            $"/oauth/end-session?id_token_hint={told["id_token"]}&post_logout_redirect_uri={Uri.EscapeDataString(Home)}&state=a%26b");
        answer.StatusCode.ShouldBe(HttpStatusCode.Found);
        answer.Headers.Location!.OriginalString.ShouldBe(Home + "?state=a%26b");
        string[] gone = [.. answer.Headers.GetValues("Set-Cookie")];
        gone.ShouldAllBe(cookie => cookie.Contains("expires=Thu, 01 Jan 1970"));
        gone.Select(cookie => cookie.Split('=')[0]).ShouldBe(
            ["__Host-accessgov-session", "__Host-accessgov-sign-in", "__Host-accessgov-enrolment"],
            customMessage: "nor is anything left that was begun");
        await browser.ToSignInAsync(Browser.Request(client));
        (await Viewer.IsActiveAsync(host, told["access_token"]!.GetValue<string>())).ShouldBeFalse();
        ((SessionEnded)(await host.Store.LoadAsync(Session.Streams.StreamId(browser.Session))).Events[^1].Data).Cause.ShouldBe(SessionEnds.SignedOut);
    }

    [Fact]
    public async Task A_hint_whose_time_is_over_is_good_and_needs_no_cookie()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost own = await IdentityFederationHost.StartAsync(clock: clock);
        string client = await Viewer.RegisterAsync(own, "viewer");
        Browser browser = await Browser.SignedInAsync(own, await own.PersonAsync("ada"), idle: TimeSpan.FromHours(2));
        JsonNode told = await Viewer.TokensAsync(own, browser, client);
        clock.Advance(TimeSpan.FromHours(1));
        using var elsewhere = new Browser(own);
        (await elsewhere.PostAsync("/oauth/end-session", ("id_token_hint", told["id_token"]!.GetValue<string>()))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await browser.ToSignInAsync(Browser.Request(client));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?client_id=viewer")]
    [InlineData("?id_token_hint=forged.a.b")]
    public async Task Without_one_the_person_is_asked(string query)
    {
        (string client, Browser browser, _) = await SignedInAsync();
        using HttpResponseMessage asked = await browser.GetAsync("/oauth/end-session" + query);
        string page = await asked.Content.ReadAsStringAsync();
        asked.StatusCode.ShouldBe(HttpStatusCode.OK, page);
        page.ShouldContain("<h1>Sign out</h1>");
        (await browser.BackAsync(Browser.Request(client))).ShouldContainKey("code", "nothing has happened yet");
        string confirmation = Regex.Match(page, "name=\"confirmation\" value=\"([^\"]+)\"").Groups[1].Value;

        Browser other = await Browser.SignedInAsync(host, browser.Person);
        (await other.PostAsync("/oauth/end-session/confirm", ("confirmation", confirmation))).StatusCode.ShouldBe(HttpStatusCode.BadRequest, "another session's question");
        (await browser.PostAsync("/oauth/end-session/confirm")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await browser.PostAsync("/oauth/end-session/confirm", ("confirmation", "forged"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await browser.BackAsync(Browser.Request(client))).ShouldContainKey("code");

        (await browser.PostAsync("/oauth/end-session/confirm", ("confirmation", confirmation))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await browser.ToSignInAsync(Browser.Request(client));
        (await other.BackAsync(Browser.Request(client))).ShouldContainKey("code");
    }

    [Fact]
    public async Task A_hint_of_another_session_signs_nobody_out_unasked()
    {
        (_, _, JsonNode attackers) = await SignedInAsync();
        (string client, Browser victim, _) = await SignedInAsync();
        using HttpResponseMessage asked = await victim.GetAsync($"/oauth/end-session?id_token_hint={attackers["id_token"]}");
        (await asked.Content.ReadAsStringAsync()).ShouldContain("<form");
        (await victim.BackAsync(Browser.Request(client))).ShouldContainKey("code");
    }

    [Theory]
    [InlineData("https://viewer.test")]
    [InlineData("https://viewer.test/x")]
    [InlineData("https://VIEWER.test/")]
    [InlineData("https://evil.test/")]
    [InlineData("javascript:alert(1)")]
    public async Task Nobody_is_sent_to_an_address_that_is_not_the_clients(string address)
    {
        (string client, Browser browser, JsonNode told) = await SignedInAsync();
        using HttpResponseMessage answer = await browser.GetAsync(
            $"/oauth/end-session?id_token_hint={told["id_token"]}&post_logout_redirect_uri={Uri.EscapeDataString(address)}");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.Location.ShouldBeNull();
        (await browser.GetAsync($"/oauth/end-session?post_logout_redirect_uri={Uri.EscapeDataString(Home)}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest, "of no client");
        (await browser.GetAsync($"/oauth/end-session?client_id=other&id_token_hint={told["id_token"]}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await browser.GetAsync("/oauth/end-session?state=a&state=b")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await browser.BackAsync(Browser.Request(client))).ShouldContainKey("code");
    }

    [Fact]
    public async Task Each_client_of_a_session_hears_that_it_is_over_again_and_again_until_it_has_heard()
    {
        await using Backchannel channel = await Backchannel.StartAsync();
        channel.Statuses.Enqueue(500);
        channel.Statuses.Enqueue(302);
        string client = await Viewer.RegisterAsync(host, "told", channel.Address);
        string silent = await Viewer.RegisterAsync(host, "not-told");
        Browser browser = await Browser.SignedInAsync(host, await host.PersonAsync($"p{Guid.NewGuid():n}"));
        await Viewer.TokensAsync(host, browser, client);
        await Viewer.TokensAsync(host, browser, client);
        await Viewer.TokensAsync(host, browser, silent);

        await CodeTests.EndBySecurityAsync(host, browser.Session);

        await Eventually.HoldsAsync(() => channel.Tokens.Count >= 3, "it was tried until it was heard");
        await Eventually.HoldsAsync(async () => await NoticesAsync() == 0, "nobody is left to tell");
        channel.Tokens.Count.ShouldBe(3);
        channel.Elsewhere.ShouldBe(0, "a redirect leads nowhere");
        var token = new JsonWebToken(channel.Tokens.Last());
        token.Typ.ShouldBe("logout+jwt");
        token.Subject.ShouldBe(browser.Person);
        token.GetPayloadValue<string>("sid").ShouldBe(browser.Session);
        token.GetPayloadValue<System.Text.Json.JsonElement>("events").GetRawText().ShouldBe("""{"http://schemas.openid.net/event/backchannel-logout":{}}""");
        token.TryGetPayloadValue("nonce", out string? _).ShouldBeFalse();
        var keys = JsonWebKeySet.Create(await host.Client.GetStringAsync("/oauth/jwks"));
        (await new JsonWebTokenHandler().ValidateTokenAsync(token.EncodedToken, new TokenValidationParameters
        {
            ValidIssuer = "https://identity.test", ValidAudience = client, ValidTypes = ["logout+jwt"], ValidAlgorithms = ["RS256"], IssuerSigningKeys = keys.Keys,
        })).IsValid.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(6, 32)]
    [InlineData(11, 1024)]
    [InlineData(12, 1800)]
    [InlineData(int.MaxValue, 1800)]
    public void It_is_tried_less_and_less_often(int attempts, int seconds) => TellLogouts.PauseAfter(attempts).ShouldBe(TimeSpan.FromSeconds(seconds));

    private async Task<long> NoticesAsync()
    {
        await using var connection = new Npgsql.NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("select count(*) from identity_federation.logout_notice", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<(string Client, Browser Browser, JsonNode Told)> SignedInAsync()
    {
        string client = await Viewer.RegisterAsync(host, "viewer");
        Browser browser = await Browser.SignedInAsync(host, await host.PersonAsync($"p{Guid.NewGuid():n}"));
        return (client, browser, await Viewer.TokensAsync(host, browser, client));
    }

    /// <summary>A client's back-channel address; it answers as it is told, and with 200 then.</summary>
    private sealed class Backchannel(WebApplication app) : IAsyncDisposable
    {
        public ConcurrentQueue<int> Statuses { get; } = new();

        public ConcurrentQueue<string> Tokens { get; } = new();

        public int Elsewhere { get; private set; }

        public string Address => app.Urls.Single() + "/backchannel";

        public static async Task<Backchannel> StartAsync()
        {
            WebApplicationBuilder builder = WebApplication.CreateBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            WebApplication app = builder.Build();
            var channel = new Backchannel(app);
            app.MapPost("/backchannel", async (HttpContext http) =>
            {
                channel.Tokens.Enqueue((await http.Request.ReadFormAsync())["logout_token"].ToString());
                http.Response.StatusCode = channel.Statuses.TryDequeue(out int status) ? status : 200;
                http.Response.Headers.Location = "/elsewhere";
            });
            app.MapFallback(() => channel.Elsewhere++);
            await app.StartAsync();
            return channel;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
