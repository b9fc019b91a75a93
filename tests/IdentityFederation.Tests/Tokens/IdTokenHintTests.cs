using AccessGov.IdentityFederation.Sessions;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>A client says with an ID token whom it expects (OpenID Connect Core, 3.1.2.1).</summary>
public sealed class IdTokenHintTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    public async Task Whoever_is_expected_and_signed_in_is_sent_back_also_by_an_expired_token()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost moved = await IdentityFederationHost.StartAsync(clock: clock);
        string client = await Viewer.RegisterAsync(moved, "viewer");
        string person = await moved.PersonAsync("ada");
        string hint = await HintAsync(moved, client, await Browser.SignedInAsync(moved, person));
        clock.Advance(TimeSpan.FromHours(2));
        Browser later = await Browser.SignedInAsync(moved, person);
        (await later.BackAsync(Browser.Request(client, ("id_token_hint", hint), ("prompt", "none")))).ShouldContainKey("code");
    }

    [Fact]
    public async Task Nobody_else_is_sent_back_with_a_code()
    {
        string client = await Viewer.RegisterAsync(host, "viewer");
        Browser expected = await BrowserAsync();
        string hint = await HintAsync(host, client, expected);
        Browser other = await BrowserAsync(TimeSpan.FromMinutes(5));
        Dictionary<string, string> silent = await other.BackAsync(Browser.Request(client, ("id_token_hint", hint), ("prompt", "none")));
        silent["error"].ShouldBe("login_required");
        silent.ShouldNotContainKey("code");

        Dictionary<string, string> page = await other.ToSignInAsync(Browser.Request(client, ("id_token_hint", hint)));
        page["max_age"].ShouldBe("0");
        await other.ToSignInAsync(page["returnUrl"]);
        using Browser again = await other.StepUpAsync(host, AuthenticationContexts.MultiFactor);
        (await again.BackAsync(page["returnUrl"]))["error"].ShouldBe("login_required", "they were asked, and are not who is expected");
        using Browser came = await Browser.SignedInAsync(host, expected.Person);
        (await came.BackAsync(page["returnUrl"])).ShouldContainKey("code");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_no_id_token_of_ours_is_refused(bool signedIn)
    {
        string client = await Viewer.RegisterAsync(host, "viewer");
        Browser browser = await BrowserAsync();
        string access = (await Viewer.TokensAsync(host, browser, client))["access_token"]!.GetValue<string>();
        string hint = await HintAsync(host, client, browser);
        string[] parts = hint.Split('.');
        string changed = $"{parts[0]}.{parts[1]}.{(parts[2][0] == 'A' ? 'B' : 'A')}{parts[2][1..]}";
        using Browser asks = signedIn ? browser : new Browser(host);
        foreach (string bad in new[] { "garbage", "a.b.c", access, changed })
        {
            (await asks.BackAsync(Browser.Request(client, ("id_token_hint", bad))))["error"].ShouldBe("invalid_request", bad);
            (await asks.BackAsync(Browser.Request(client, ("id_token_hint", bad), ("prompt", "none"))))["error"]
                .ShouldBe("invalid_request", bad);
        }
    }

    private static async Task<string> HintAsync(IdentityFederationHost at, string client, Browser browser) =>
        (await Viewer.TokensAsync(at, browser, client))["id_token"]!.GetValue<string>();

    private async Task<Browser> BrowserAsync(TimeSpan? ago = null) =>
        await Browser.SignedInAsync(host, await host.PersonAsync($"p{Guid.NewGuid():n}"), ago: ago);
}
