using System.Net;
using AccessGov.IdentityFederation.Sessions;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>Whoever has what was removed may be signed in with it.</summary>
public sealed class RemovedCredentialTests(SignInHost running) : IClassFixture<SignInHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [Fact]
    public async Task Removing_an_app_ends_every_session_but_the_present_one()
    {
        (_, string secret) = await SignInBrowser.PersonAsync(host, "lost.phone", app: true);
        var thief = new SignInBrowser(host);
        await thief.SignInAsync("lost.phone");
        await thief.AcknowledgeAsync();
        SignInBrowser owner = await StrongAsync("lost.phone", secret);

        await owner.PostAsync("/account?handler=RemoveApp");

        owner.Location.ShouldBe("/account?done=removed", owner.Text);
        await thief.GetAsync("/account");
        thief.Status.ShouldBe(HttpStatusCode.Redirect);
        await owner.GetAsync("/account");
        owner.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Whatever_a_browser_keeps_for_us_is_for_this_host_alone()
    {
        string person = await host.PersonAsync("cookies");
        var browser = new SignInBrowser(host);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await browser.EnrolAsync(person);
        seen.UnionWith(browser.Cookies.Keys);
        await browser.SetPasswordAsync();
        await browser.FinishAsync();
        await browser.SignInAsync("cookies");
        seen.UnionWith(browser.Cookies.Keys);
        await browser.AcknowledgeAsync();
        seen.UnionWith(browser.Cookies.Keys);

        seen.ShouldBe(
            new[] { "form", "enrolment", "sign-in", "session", "device" }.Select(name => $"__Host-accessgov-{name}"), ignoreOrder: true);
    }

    /// <summary>Signs in with the password and the app, and opens the page of the account.</summary>
    private async Task<SignInBrowser> StrongAsync(string userName, string secret)
    {
        var browser = new SignInBrowser(host);
        await browser.SignInAsync(userName, path: $"/sign-in?acr_values={Uri.EscapeDataString(AuthenticationContexts.MultiFactor)}");
        await browser.TypeCodeAsync(await SignInBrowser.CodeAsync(secret, TimeSpan.FromSeconds(30)));
        browser.Location.ShouldBe("/account", browser.Text);
        await browser.FollowAsync();
        return browser;
    }
}
