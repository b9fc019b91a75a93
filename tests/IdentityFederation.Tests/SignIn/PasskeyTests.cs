using AccessGov.IdentityFederation.Sessions;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>The pages in a real browser, with a virtual authenticator, by keyboard, at 1280 and at 320 pixels.</summary>
public sealed class PasskeyTests : IAsyncLifetime
{
    private readonly int port = FreePort.Next();
    private IdentityFederationHost host = null!;
    private PageBrowser browser = null!;

    public async Task InitializeAsync()
    {
        host = await IdentityFederationHost.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["urls"] = $"http://localhost:{port}",
            ["IdentityFederation:PublicUrl"] = $"http://localhost:{port}",
            ["IdentityFederation:Sessions:InsideNetworks:0"] = "127.0.0.0/8",
            ["IdentityFederation:Sessions:InsideNetworks:1"] = "::1/128",
        });
        browser = await PageBrowser.StartAsync($"http://localhost:{port}");
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        await host.DisposeAsync();
    }

    [Fact]
    [Trait("Requirement", "S2")]
    public async Task A_passkey_is_registered_by_link_and_signs_in_by_itself_and_again_by_keyboard()
    {
        string person = await host.PersonAsync("ada");
        IPage page = await browser.OpenAsync().WithPasskeysAsync();
        await page.GotoAsync(await SignInBrowser.LinkAsync(host, person));
        await page.ShouldBeSoundAsync("enrol-begin");
        await page.PressAsync("Begin");
        await page.ShouldBeAsync("Set up your sign-in");
        await page.ShouldBeSoundAsync("enrol");
        await page.GetByRole(AriaRole.Link, new() { Name = "Register a passkey" }).ClickAsync();
        await page.GetByLabel("What you call it").FillAsync("blue stick");
        await page.ShouldBeSoundAsync("passkey");
        await page.PressAsync("Register a passkey");
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Your passkey is registered.");
        await page.GotoAsync("/account/authenticator-app");
        await page.ShouldBeSoundAsync("authenticator-app");
        string? address = await page.GetByRole(AriaRole.Link, new() { Name = "open it in the app" }).GetAttributeAsync("href");
        (await ReadPictureAsync(page)).ShouldBe(address);
        await page.GotoAsync("/account/password");
        await page.ShouldBeSoundAsync("password");
        await page.GetByLabel("New password").FillAsync(SignInBrowser.Password);
        await page.GetByLabel("The same again").FillAsync(SignInBrowser.Password);
        await page.PressAsync("Set the password");
        await page.GotoAsync("/account/recovery-codes");
        await page.PressAsync("Make recovery codes");
        await page.ShouldBeSoundAsync("recovery-codes");
        await page.GotoAsync("/enrol");
        await page.PressAsync("Finish and sign in");

        // By keyboard alone: the passkey says who it is.
        await page.ShouldBeAsync("Sign in");
        await page.ShouldBeSoundAsync("sign-in");
        await page.TabToAsync("Sign in with a passkey");
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldBeAsync("Before you go on");
        await page.ShouldBeSoundAsync("acknowledgement");
        await page.TabToAsync("I know, go on");
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldBeAsync("Your account");
        await page.ShouldBeSoundAsync("account");
        OpenSession session = host.Services.GetRequiredService<OpenSessions>().Of(person).ShouldHaveSingleItem();
        session.State.Proof.ShouldBe(new Proof(["hwk", "user", "mfa", "phr"], AuthenticationContexts.PhishingResistant));

        // Afterwards with the password first, where a phishing-resistant sign-in is asked for.
        await page.PressAsync("Sign out");
        await page.GotoAsync("/sign-in?returnUrl=%2Faccount&acr_values=phr");
        await page.GetByLabel("User name").FillAsync("ada");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(SignInBrowser.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldBeAsync("Second factor");
        await page.ShouldBeSoundAsync("second-factor");
        await page.TabToAsync("Use a passkey");
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldBeAsync("Your account");
    }

    [Fact]
    public async Task A_browser_without_the_passkey_is_told_and_a_wrong_password_is_a_sound_page()
    {
        await host.PersonAsync("bob");
        IPage page = await browser.OpenAsync().WithPasskeysAsync();
        await page.GotoAsync("/sign-in");
        await page.PressAsync("Sign in with a passkey");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The passkey did not answer.");
        await page.GetByLabel("User name").FillAsync("bob");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("not the password");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("sign_in_wrong");
        await page.ShouldBeSoundAsync("wrong");
    }

    [Fact]
    public async Task An_answer_that_was_copied_with_its_cookie_is_good_no_second_time()
    {
        IPage page = await browser.OpenAsync().WithPasskeysAsync();
        await page.GotoAsync(await SignInBrowser.LinkAsync(host, await host.PersonAsync("copied")));
        await page.PressAsync("Begin");
        await page.GetByRole(AriaRole.Link, new() { Name = "Register a passkey" }).ClickAsync();
        await page.GetByLabel("What you call it").FillAsync("blue stick");
        await page.PressAsync("Register a passkey");
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Your passkey is registered.");
        await page.PressAsync("Finish and sign in");
        IRequest sent = await page.RunAndWaitForRequestAsync(
            () => page.PressAsync("Sign in with a passkey"),
            request => request.Method == "POST" && request.Url.EndsWith("handler=Passkey", StringComparison.Ordinal));
        await page.ShouldBeAsync("Before you go on");

        // A passkey that is on several devices does not count; this one is made to look so, so that its count does not refuse the copy.
        await using (var connection = new Npgsql.NpgsqlConnection(host.Superuser))
        {
            await connection.OpenAsync();
            await using var forget = new Npgsql.NpgsqlCommand("update identity_federation.account_passkey set sign_count = 0", connection);
            (await forget.ExecuteNonQueryAsync()).ShouldBe(1);
        }

        using var thief = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false });
        using var copy = new HttpRequestMessage(HttpMethod.Post, sent.Url)
        {
            Content = new StringContent(sent.PostData!, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        copy.Headers.TryAddWithoutValidation("Cookie", await sent.HeaderValueAsync("cookie"));
        using HttpResponseMessage answer = await thief.SendAsync(copy);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest, text);
        text.ShouldContain("<code>passkey_refused</code>");
    }

    /// <summary>What somebody else's program reads in the QR code as the browser paints it.</summary>
    private static async Task<string> ReadPictureAsync(IPage page)
    {
        string picture = Path.GetTempFileName();
        try
        {
            await page.Locator("svg.qr").ScreenshotAsync(new() { Path = picture, Type = ScreenshotType.Png });
            await using var reader = new ChildProcess("zbarimg", ["--quiet", "--raw", "--nodbus", $"png:{picture}"]);
            (await reader.ExitCodeAsync(Eventually.Bound)).ShouldBe(0, reader.Output);
            return reader.Output.Trim();
        }
        finally
        {
            File.Delete(picture);
        }
    }
}
