using System.Net;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.Tokens;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>
/// How strongly somebody has to have signed in is looked at where and when a program asks for them, not only when they signed in.
/// </summary>
public sealed class StepUpTests(SignInHost running) : IClassFixture<SignInHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [Fact]
    [Trait("Requirement", "S3, S14")]
    public async Task A_session_that_began_inside_is_asked_for_a_second_factor_outside()
    {
        string client = await Viewer.RegisterAsync(host, "viewer");
        (_, string secret) = await SignInBrowser.PersonAsync(host, "traveller", app: true);
        SignInBrowser inside = await SignedInAsync("traveller");
        await inside.GetAsync(Browser.Request(client));
        inside.Location.ShouldStartWith(Browser.RedirectUri);
        Browser.ParametersOf(inside.Location).ShouldContainKey("code");

        var outside = new SignInBrowser(host, SignInBrowser.Outside) { Cookies = inside.Cookies };
        await outside.GetAsync(Browser.Request(client, ("prompt", "none")));
        Browser.ParametersOf(outside.Location)["error"].ShouldBe("login_required");
        await outside.GetAsync(Browser.Request(client));
        outside.Location.ShouldStartWith("/sign-in?");
        Browser.ParametersOf(outside.Location)["acr_values"].ShouldBe(AuthenticationContexts.MultiFactor);

        await outside.FollowAsync();
        await outside.TypeCodeAsync(await SignInBrowser.CodeAsync(secret, TimeSpan.FromSeconds(30)));
        await outside.FollowAsync();

        Browser.ParametersOf(outside.Location).ShouldContainKey("code");
    }

    [Fact]
    public async Task Whoever_joins_a_group_that_needs_one_is_asked_for_it_in_a_session_from_before()
    {
        string client = await Viewer.RegisterAsync(host, "viewer");
        (string person, _) = await SignInBrowser.PersonAsync(host, "promoted");
        SignInBrowser browser = await SignedInAsync("promoted");
        await browser.GetAsync(Browser.Request(client, ("prompt", "none")));
        Browser.ParametersOf(browser.Location).ShouldContainKey("code");

        await running.IntoAdministratorsAsync(person);

        await browser.GetAsync(Browser.Request(client, ("prompt", "none")));
        Browser.ParametersOf(browser.Location)["error"].ShouldBe("login_required");
        await browser.GetAsync(Browser.Request(client, ("acr_values", "phr")));
        Browser.ParametersOf(browser.Location)["acr_values"].ShouldBe("phr", "more that is asked for stays asked for");
    }

    [Fact]
    public async Task Of_several_contexts_that_are_asked_for_at_the_sign_in_page_the_highest_counts()
    {
        await SignInBrowser.PersonAsync(host, "several", app: true);
        var browser = new SignInBrowser(host);
        await browser.SignInAsync("several", path: $"/sign-in?acr_values={Uri.EscapeDataString(
            $"{AuthenticationContexts.SingleFactor} urn:nobody:knows {AuthenticationContexts.MultiFactor}")}");
        browser.Location.ShouldBe("/sign-in/second-factor", browser.Text);
    }

    private async Task<SignInBrowser> SignedInAsync(string userName)
    {
        var browser = new SignInBrowser(host);
        await browser.SignInAsync(userName);
        await browser.AcknowledgeAsync();
        browser.Status.ShouldBe(HttpStatusCode.Redirect);
        return browser;
    }
}
