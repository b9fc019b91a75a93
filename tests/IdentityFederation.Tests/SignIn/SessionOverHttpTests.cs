using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>Sessions as browsers have them.</summary>
public sealed class SessionOverHttpTests(SignInHost running) : IClassFixture<SignInHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [Fact]
    public async Task A_step_up_gives_the_cookie_another_key_and_the_former_one_opens_nothing()
    {
        (string person, string secret) = await SignInBrowser.PersonAsync(host, "stepper", app: true);
        SignInBrowser browser = await SignedInAsync("stepper");
        (string before, string id) = (browser.Session, Of(person).ShouldHaveSingleItem().Id);

        await browser.GetAsync($"/sign-in?returnUrl=%2Faccount&acr_values={Uri.EscapeDataString(AuthenticationContexts.MultiFactor)}");
        await browser.TypeCodeAsync(await SignInBrowser.CodeAsync(secret, TimeSpan.FromSeconds(30)));

        browser.Location.ShouldBe("/account");
        browser.Session.ShouldNotBe(before);
        OpenSession session = Of(person).ShouldHaveSingleItem();
        session.Id.ShouldBe(id);
        session.State.Proof.Context.ShouldBe(AuthenticationContexts.MultiFactor);
        (await IsInAsync(host, before)).ShouldBeFalse();
        (await IsInAsync(host, browser.Session)).ShouldBeTrue();

        // What was asked for is there: nothing is asked again.
        await browser.GetAsync($"/sign-in?returnUrl=%2Faccount&acr_values={Uri.EscapeDataString(AuthenticationContexts.MultiFactor)}");
        browser.Location.ShouldBe("/account");

        // Unless it is asked for anew, and then a password alone is not enough for a session that a second factor began.
        await browser.GetAsync("/sign-in?returnUrl=%2Faccount&prompt=login");
        browser.Status.ShouldBe(HttpStatusCode.OK);
        await browser.SignInAsync("stepper", path: "/sign-in?returnUrl=%2Faccount&prompt=login");
        browser.Location.ShouldBe("/sign-in/second-factor");
    }

    [Fact]
    public async Task A_key_that_somebody_planted_is_not_the_session_s()
    {
        await SignInBrowser.PersonAsync(host, "victim");
        await SignInBrowser.PersonAsync(host, "planter");
        SignInBrowser planter = await SignedInAsync("planter");
        var victim = new SignInBrowser(host);
        victim.Cookies["__Host-accessgov-session"] = planter.Session;

        await victim.SignInAsync("victim", path: "/sign-in?prompt=login");
        await victim.AcknowledgeAsync();

        victim.Session.ShouldNotBe(planter.Session);
        (await IsInAsync(host, planter.Session)).ShouldBeFalse("the planted session ended when its browser became another person's");
    }

    [Fact]
    public async Task An_old_sign_in_is_asked_for_again_where_it_is_to_be_fresh()
    {
        await SignInBrowser.PersonAsync(host, "stale");
        SignInBrowser browser = await SignedInAsync("stale");
        await browser.GetAsync("/sign-in?returnUrl=%2Faccount&max_age=3600");
        browser.Location.ShouldBe("/account");
        await browser.GetAsync("/account/password");
        browser.Status.ShouldBe(HttpStatusCode.OK);
        running.Clock.Advance(TimeSpan.FromMinutes(11));
        await browser.GetAsync("/sign-in?returnUrl=%2Faccount&max_age=600");
        browser.Text.ShouldContain("show again who you are");

        // Whoever finds the session open sets no second factor up with it.
        await browser.GetAsync($"/sign-in?returnUrl=%2Faccount&acr_values={Uri.EscapeDataString(AuthenticationContexts.MultiFactor)}");
        browser.Status.ShouldBe(HttpStatusCode.OK);
        browser.Text.ShouldContain("show again who you are");
        await browser.GetAsync("/account/authenticator-app");
        browser.Location.ShouldStartWith("/sign-in?returnUrl=");

        await browser.GetAsync("/account/password");

        browser.Location.ShouldStartWith("/sign-in?returnUrl=%2Faccount%2Fpassword");
    }

    [Fact]
    public async Task People_see_their_sessions_and_end_them_on_every_replica()
    {
        (string person, _) = await SignInBrowser.PersonAsync(host, "twice");
        await using IdentityFederationHost replica = await host.BesideAsync();
        SignInBrowser one = await SignedInAsync("twice");
        SignInBrowser other = await SignedInAsync("twice", again: true);
        await Eventually.HoldsAsync(() => IsInAsync(replica, other.Session), "the replica knows the session");
        await one.GetAsync("/account");
        one.Text.ShouldContain("End the session");

        await one.PostAsync("/account?handler=EndSession", ("id", one.FieldOf("id")));

        one.Location.ShouldBe("/account?done=session");
        (await IsInAsync(host, other.Session)).ShouldBeFalse();
        await Eventually.HoldsAsync(async () => !await IsInAsync(replica, other.Session), "the replica knows that it is over");
        Of(person).ShouldHaveSingleItem();

        (string stranger, _) = await SignInBrowser.PersonAsync(host, "stranger");
        await SignedInAsync("stranger");
        await one.GetAsync("/account");
        await one.PostAsync("/account?handler=EndSession", ("id", Of(stranger)[0].Id));
        one.Text.ShouldContain("session_unknown");
        Of(stranger).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_session_is_listed_and_ended_by_the_API()
    {
        (string person, _) = await SignInBrowser.PersonAsync(host, "listed");
        SignInBrowser browser = await SignedInAsync("listed");
        string own = host.TokenOf(person, "sessions.own");
        using HttpResponseMessage list = await host.SendAsync(HttpMethod.Get, "/me/sessions", null, own);
        JsonNode session = JsonNode.Parse(await list.Content.ReadAsStringAsync())!["sessions"]!.AsArray().ShouldHaveSingleItem()!;
        session["address"]!.GetValue<string>().ShouldBe(SignInBrowser.Inside);
        session["inside"]!.GetValue<bool>().ShouldBeTrue();
        string id = session["id"]!.GetValue<string>();

        using HttpResponseMessage none = await host.SendAsync(HttpMethod.Post, $"/sessions/{id}/end", """{"reason":" "}""", host.TokenOf("eve", "sessions.manage"));
        await Refusal.ShouldBeAsync(none, 400, "reason_required");
        using HttpResponseMessage ended = await host.SendAsync(
            HttpMethod.Post, $"/sessions/{id}/end", """{"reason":"Stolen laptop."}""", host.TokenOf("eve", "sessions.manage"));

        ended.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await IsInAsync(host, browser.Session)).ShouldBeFalse();
    }

    [Fact]
    [Trait("Requirement", "S17")]
    public async Task The_cookie_of_somebody_who_is_suspended_is_dead_at_once()
    {
        (string person, _) = await SignInBrowser.PersonAsync(host, "suspended");
        SignInBrowser browser = await SignedInAsync("suspended");
        using HttpResponseMessage done = await host.PostAsync($"/people/{person}/suspend", new { reason = "Lost badge." });
        done.EnsureSuccessStatusCode();

        (await IsInAsync(host, browser.Session)).ShouldBeFalse();
    }

    [Fact]
    public async Task Signing_out_and_another_password_end_sessions()
    {
        (string person, _) = await SignInBrowser.PersonAsync(host, "changer");
        SignInBrowser here = await SignedInAsync("changer");
        SignInBrowser there = await SignedInAsync("changer", again: true);
        await here.SetPasswordAsync("entirely other words now");
        here.Location.ShouldBe("/account?done=password");
        (await IsInAsync(host, there.Session)).ShouldBeFalse();
        string key = here.Session;
        await here.GetAsync("/account");

        await here.PostAsync("/account?handler=SignOut");

        here.Session.ShouldBeEmpty();
        (await IsInAsync(host, key)).ShouldBeFalse();
        Of(person).ShouldBeEmpty();
        await here.SignInAsync("changer");
        here.Text.ShouldContain("sign_in_wrong");
    }

    private IReadOnlyList<OpenSession> Of(string person) => host.Services.GetRequiredService<OpenSessions>().Of(person);

    private async Task<SignInBrowser> SignedInAsync(string userName, bool again = false)
    {
        var browser = new SignInBrowser(host);
        await browser.SignInAsync(userName);
        if (!again)
        {
            await browser.AcknowledgeAsync();
        }

        browser.Session.ShouldNotBeEmpty(browser.Text);
        return browser;
    }

    /// <summary>Whether a cookie opens its owner's page.</summary>
    private static async Task<bool> IsInAsync(IdentityFederationHost where, string session)
    {
        var browser = new SignInBrowser(where);
        browser.Cookies["__Host-accessgov-session"] = session;
        await browser.GetAsync("/account");
        return browser.Status == HttpStatusCode.OK;
    }
}
