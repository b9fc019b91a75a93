using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.Tokens;
using AccessGov.Testing;

namespace AccessGov.IdentityFederation.Tests.Sessions;

/// <summary>What sessions promise, as browsers and clients see it.</summary>
public sealed class SessionHttpTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    private static readonly (string, string?) Own = ("scope", "openid sessions.own offline_access");

    [Fact]
    public async Task Somebody_sees_their_own_sessions_and_ends_another_one()
    {
        string client = await Viewer.RegisterAsync(host, "viewer");
        Browser here = await Browser.SignedInAsync(host, await host.PersonAsync("lists"));
        Browser elsewhere = await Browser.SignedInAsync(host, here.Person);
        Browser foreign = await Browser.SignedInAsync(host, await host.PersonAsync("somebody-else"));
        string token = Access(await Viewer.TokensAsync(host, here, client, Own));
        string there = Access(await Viewer.TokensAsync(host, elsewhere, client, Own));

        JsonArray listed = (await ClientPeer.OkAsync(await Viewer.GetAsync(host, "/me/sessions", token)))["sessions"]!.AsArray();
        listed.ToDictionary(one => one!["id"]!.GetValue<string>(), one => one!["current"]!.GetValue<bool>(), StringComparer.Ordinal)
            .ShouldBe(new Dictionary<string, bool>(StringComparer.Ordinal) { [here.Session] = true, [elsewhere.Session] = false }, ignoreOrder: true);
        listed[0]!["userAgent"]!.GetValue<string>().ShouldBe("Test");

        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Post, $"/me/sessions/{foreign.Session}/end", token: token), 404, "session_unknown");
        (await host.SendAsync(HttpMethod.Post, $"/me/sessions/{elsewhere.Session}/end", token: token)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await elsewhere.ToSignInAsync(Browser.Request(client));
        (await Viewer.GetAsync(host, "/me/sessions", there)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Viewer.IsActiveAsync(host, there)).ShouldBeFalse();
        (await Viewer.GetAsync(host, "/me/sessions", token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await foreign.BackAsync(Browser.Request(client))).ShouldContainKey("code");
    }

    [Fact]
    public async Task A_program_has_no_sessions_of_its_own()
    {
        // A program's own token names itself as the subject.
        string program = host.TokenOf("tests", "sessions.own");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, "/me/sessions", token: program), 400, "person_required");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Post, "/me/sessions/s-1/end", token: program), 400, "person_required");
    }

    [Fact]
    public async Task Security_sees_and_ends_the_sessions_of_a_person_with_a_reason()
    {
        string client = await Viewer.RegisterAsync(host, "viewer");
        Browser one = await Browser.SignedInAsync(host, await host.PersonAsync("watched"));
        Browser two = await Browser.SignedInAsync(host, one.Person);
        string token = Access(await Viewer.TokensAsync(host, one, client, Own));
        string security = host.TokenOf("grace", "sessions.read", "sessions.manage");
        (await ClientPeer.OkAsync(await Viewer.GetAsync(host, $"/people/{one.Person}/sessions", security)))["sessions"]!.AsArray().Count.ShouldBe(2);
        await Refusal.ShouldBeAsync(
            await host.SendAsync(HttpMethod.Post, $"/people/{one.Person}/sessions/end", """{"reason":" "}""", security), 400, "reason_required");
        (await host.SendAsync(HttpMethod.Post, $"/people/{one.Person}/sessions/end", """{"reason":"Stolen."}""", token)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        JsonNode ended = await ClientPeer.OkAsync(
            await host.SendAsync(HttpMethod.Post, $"/people/{one.Person}/sessions/end", """{"reason":"Stolen laptop."}""", security, ("Idempotency-Key", "stolen")));

        ended["ended"]!.GetValue<int>().ShouldBe(2);
        await one.ToSignInAsync(Browser.Request(client));
        await two.ToSignInAsync(Browser.Request(client));
        (await Viewer.GetAsync(host, "/me/sessions", token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("suspend")]
    [InlineData("deactivate")]
    [InlineData("deprovision")]
    [Trait("Requirement", "S8, S17")]
    public async Task Whoever_may_not_come_in_any_more_is_out_at_once_everywhere(string how)
    {
        await using IdentityFederationHost replica = await host.BesideAsync();
        string client = await Viewer.RegisterAsync(host, "viewer");
        Browser browser = await Browser.SignedInAsync(host, await host.PersonAsync(how));
        JsonNode told = await Viewer.TokensAsync(host, browser, client, Own);
        string token = Access(told);
        string code = await browser.CodeAsync(client);
        await Eventually.HoldsAsync(
            async () => (await Viewer.GetAsync(replica, "/me/sessions", token)).StatusCode == HttpStatusCode.OK, "the replica knows the session");

        using HttpResponseMessage done = await host.PostAsync($"/people/{browser.Person}/{how}", new { reason = "An alert." });
        done.IsSuccessStatusCode.ShouldBeTrue(await done.Content.ReadAsStringAsync());

        await browser.ToSignInAsync(Browser.Request(client));
        (await Viewer.GetAsync(host, "/me/sessions", token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Viewer.IsActiveAsync(host, token)).ShouldBeFalse();
        await ClientPeer.ShouldRefuseAsync(await Viewer.RedeemAsync(host, client, code), 400, "invalid_grant");
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(host, client, told["refresh_token"]!.GetValue<string>()), 400, "invalid_grant");
        await Eventually.HoldsAsync(
            async () => (await Viewer.GetAsync(replica, "/me/sessions", token)).StatusCode == HttpStatusCode.Unauthorized, "the replica has heard of it");
        await Eventually.HoldsAsync(async () => await EndOfAsync(host, browser.Session) == SessionEnds.PersonEnded, "the session's own stream says so");
    }

    [Fact]
    public async Task A_session_goes_on_at_a_replica_and_ends_there_too()
    {
        await using IdentityFederationHost replica = await host.BesideAsync();
        string client = await Viewer.RegisterAsync(host, "viewer");
        Browser browser = await Browser.SignedInAsync(host, await host.PersonAsync("moves"));
        using var there = new Browser(replica) { Cookie = browser.Cookie };
        await Eventually.HoldsAsync(
            async () => (await there.GetAsync(Browser.Request(client))).Headers.Location!.OriginalString.Contains("code=", StringComparison.Ordinal), "the replica knows the session");
        JsonNode told = await ClientPeer.OkAsync(await Viewer.RedeemAsync(replica, client, await browser.CodeAsync(client)));

        await CodeTests.EndBySecurityAsync(replica, browser.Session);

        await there.ToSignInAsync(Browser.Request(client));
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(replica, client, told["refresh_token"]!.GetValue<string>()), 400, "invalid_grant");
        await Eventually.HoldsAsync(
            async () => (await browser.GetAsync(Browser.Request(client))).Headers.Location!.OriginalString.StartsWith("/sign-in", StringComparison.Ordinal), "the other one has heard of it");
    }

    [Fact]
    [Trait("Requirement", "S12")]
    public async Task A_session_in_which_nothing_happens_is_over_and_a_refresh_is_something()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost own = await IdentityFederationHost.StartAsync(clock: clock);
        string client = await Viewer.RegisterAsync(own, "viewer");
        Browser browser = await Browser.SignedInAsync(own, await own.PersonAsync("ada"));
        JsonNode told = await Viewer.TokensAsync(own, browser, client);
        clock.Advance(TimeSpan.FromMinutes(14));
        told = await ClientPeer.OkAsync(await Viewer.RefreshAsync(own, client, told["refresh_token"]!.GetValue<string>()));
        clock.Advance(TimeSpan.FromMinutes(14));
        (await Viewer.IsActiveAsync(own, Access(told))).ShouldBeTrue();

        clock.Advance(TimeSpan.FromSeconds(61));

        (await Viewer.IsActiveAsync(own, Access(told))).ShouldBeFalse();
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(own, client, told["refresh_token"]!.GetValue<string>()), 400, "invalid_grant");
        await browser.ToSignInAsync(Browser.Request(client));
        clock.Advance(TimeSpan.FromSeconds(30));
        await Eventually.HoldsAsync(async () => await EndOfAsync(own, browser.Session) == SessionEnds.Idle, "its stream says so");
    }

    [Fact]
    public async Task A_session_is_over_after_its_time_whatever_happens()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost own = await IdentityFederationHost.StartAsync(clock: clock);
        string client = await Viewer.RegisterAsync(own, "viewer");
        Browser browser = await Browser.SignedInAsync(own, await own.PersonAsync("ada"), idle: TimeSpan.FromHours(10));
        JsonNode told = await Viewer.TokensAsync(own, browser, client);
        clock.Advance(TimeSpan.FromHours(7.9));
        told = await ClientPeer.OkAsync(await Viewer.RefreshAsync(own, client, told["refresh_token"]!.GetValue<string>()));
        clock.Advance(TimeSpan.FromHours(0.11));
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(own, client, told["refresh_token"]!.GetValue<string>()), 400, "invalid_grant");
        (await Viewer.IsActiveAsync(own, Access(told))).ShouldBeFalse();
        await browser.ToSignInAsync(Browser.Request(client));
        await Eventually.HoldsAsync(async () => await EndOfAsync(own, browser.Session) == SessionEnds.Expired, "its stream says so");
    }

    [Fact]
    public async Task The_former_cookie_of_a_stepped_up_session_opens_nothing()
    {
        string client = await Viewer.RegisterAsync(host, "viewer");
        Browser former = await Browser.SignedInAsync(host, await host.PersonAsync("steps"));
        Browser stepped = await former.StepUpAsync(host, AuthenticationContexts.PhishingResistant);
        await former.ToSignInAsync(Browser.Request(client));
        (await stepped.BackAsync(Browser.Request(client))).ShouldContainKey("code");
    }

    private static string Access(JsonNode told) => told["access_token"]!.GetValue<string>();

    private static async Task<string?> EndOfAsync(IdentityFederationHost host, string session) =>
        ((await host.Store.LoadAsync(Session.Streams.StreamId(session))).Events[^1].Data as SessionEnded)?.Cause;
}
