using System.Net;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>What is in the middle of signing in, or of setting up, ends with what it rests on.</summary>
public sealed class HalfDoneTests(SignInHost running) : IClassFixture<SignInHost>
{
    private const string Expired = "<code>sign_in_expired</code>";

    private readonly IdentityFederationHost host = running.Host;

    [Fact]
    public async Task A_half_done_sign_in_does_not_outlive_a_suspension()
    {
        (string person, string secret) = await SignInBrowser.PersonAsync(host, "half.suspended", app: true);
        SignInBrowser browser = await HalfInAsync("half.suspended");
        foreach (string command in new[] { "suspend", "reinstate" })
        {
            using HttpResponseMessage done = await host.SendAsync(
                HttpMethod.Post, $"/people/{person}/{command}", """{"reason":"An alert."}""", host.TokenOf("grace", "people.suspend"));
            done.EnsureSuccessStatusCode();
        }

        await ShouldBeOverAsync(browser, secret);
    }

    [Fact]
    public async Task Nor_another_password()
    {
        (string person, string secret) = await SignInBrowser.PersonAsync(host, "half.changed", app: true);
        SignInBrowser browser = await HalfInAsync("half.changed");
        var owner = new SignInBrowser(host);
        await owner.EnrolAsync(person);
        await owner.SetPasswordAsync("another good long phrase");

        await ShouldBeOverAsync(browser, secret);
    }

    [Fact]
    public async Task Nor_the_session_that_it_steps_up()
    {
        (_, string secret) = await SignInBrowser.PersonAsync(host, "half.out", app: true);
        var browser = new SignInBrowser(host);
        await browser.SignInAsync("half.out");
        await browser.AcknowledgeAsync();
        string two = Uri.EscapeDataString(IdentityFederation.Sessions.AuthenticationContexts.MultiFactor);
        await browser.GetAsync($"/sign-in?returnUrl=%2Faccount&acr_values={two}");
        browser.Location.ShouldBe("/sign-in/second-factor");
        await browser.FollowAsync();
        var copy = new SignInBrowser(host) { Cookies = new(browser.Cookies, StringComparer.Ordinal) };
        await browser.GetAsync("/account");
        await browser.PostAsync("/account?handler=SignOut");
        browser.Cookies.Keys.ShouldNotContain("__Host-accessgov-sign-in");

        await copy.GetAsync("/sign-in/second-factor");
        copy.Location.ShouldBe("/sign-in");
        await copy.GetAsync("/sign-in");
        await copy.PostAsync("/sign-in/second-factor", ("Code", await SignInBrowser.CodeAsync(secret, TimeSpan.FromSeconds(30))));
        copy.Text.ShouldContain(Expired);
        copy.Session.ShouldNotBeEmpty("the copied cookie stays, and opens nothing");
        await copy.GetAsync("/account");
        copy.Status.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task What_is_set_up_by_link_ends_with_a_newer_link_and_with_a_suspension_but_not_with_its_own_password()
    {
        string person = await host.PersonAsync("half.enrolled");
        var thief = new SignInBrowser(host);
        await thief.EnrolAsync(person);
        await thief.GetAsync("/account/password");
        thief.Status.ShouldBe(HttpStatusCode.OK);

        var owner = new SignInBrowser(host);
        await owner.EnrolAsync(person);
        await thief.GetAsync("/account/password");
        thief.Status.ShouldBe(HttpStatusCode.Redirect, "a newer link was used");

        await owner.SetPasswordAsync();
        owner.Location.ShouldBe("/enrol?done=password");
        await owner.GetAsync("/account/authenticator-app");
        owner.Status.ShouldBe(HttpStatusCode.OK, "its own change does not end it");

        using HttpResponseMessage suspended = await host.PostAsync($"/people/{person}/suspend", new { reason = "An alert." });
        suspended.EnsureSuccessStatusCode();
        await owner.GetAsync("/account/authenticator-app");
        owner.Status.ShouldBe(HttpStatusCode.Redirect);
    }

    private async Task<SignInBrowser> HalfInAsync(string userName)
    {
        var browser = new SignInBrowser(host, SignInBrowser.Outside);
        await browser.SignInAsync(userName);
        browser.Location.ShouldBe("/sign-in/second-factor");
        await browser.FollowAsync();
        return browser;
    }

    private static async Task ShouldBeOverAsync(SignInBrowser browser, string secret)
    {
        await browser.PostAsync("/sign-in/second-factor", ("Code", await SignInBrowser.CodeAsync(secret, TimeSpan.FromSeconds(30))));
        browser.Text.ShouldContain(Expired);
        browser.Session.ShouldBeEmpty();
    }
}
