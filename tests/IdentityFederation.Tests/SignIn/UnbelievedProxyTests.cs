namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>Who counts as inside when somebody speaks for others whom the settings do not name.</summary>
public sealed class UnbelievedProxyTests
{
    /// <summary>The tests come from 127.0.0.1, which is inside here: as a proxy that stands in the hospital.</summary>
    [Fact]
    public async Task Nobody_behind_a_proxy_that_was_forgotten_in_the_settings_is_inside()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync(settings: new Dictionary<string, string?>(
            StringComparer.Ordinal)
        {
            ["IdentityFederation:Sessions:InsideNetworks:0"] = "127.0.0.0/8",
            ["IdentityFederation:Sessions:InsideNetworks:1"] = "10.0.0.0/8",
        });
        await SignInBrowser.PersonAsync(host, "nurse");
        await ShouldBeAsync(new SignInBrowser(host, SignInBrowser.Outside), inside: false);
        await ShouldBeAsync(new SignInBrowser(host), inside: false);
        await ShouldBeAsync(new SignInBrowser(host, "for=203.0.113.9") { Header = "Forwarded" }, inside: false);
        await ShouldBeAsync(new SignInBrowser(host) { Header = "" }, inside: true);
    }

    [Fact]
    public async Task Nor_behind_one_that_a_proxy_which_is_believed_speaks_for()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync(settings: SignInBrowser.Settings);
        await SignInBrowser.PersonAsync(host, "nurse");
        await ShouldBeAsync(new SignInBrowser(host, "203.0.113.9, 10.1.2.3"), inside: false);
        await ShouldBeAsync(new SignInBrowser(host, "unknown"), inside: false);
        await ShouldBeAsync(new SignInBrowser(host, "10.1.2.3"), inside: true);
        await ShouldBeAsync(new SignInBrowser(host, "10.1.2.3, 127.0.0.1"), inside: true);
    }

    // Whoever has a password alone comes in inside, and is told what is missing outside.
    private static async Task ShouldBeAsync(SignInBrowser browser, bool inside)
    {
        await browser.SignInAsync("nurse");
        if (inside)
        {
            browser.Location.ShouldBe("/sign-in/acknowledgement", browser.Text);
        }
        else
        {
            browser.Text.ShouldContain("<code>second_factor_required</code>");
        }
    }
}
