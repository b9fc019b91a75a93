using AccessGov.IdentityFederation.Sessions;
using AccessGov.Testing;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>The pages in a real browser, with a virtual authenticator, by keyboard, at 1280 and at 320 pixels.</summary>
public sealed class PasskeyTests : IAsyncLifetime
{
    private readonly int port = FreePort.Next();
    private IdentityFederationHost host = null!;
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    public async Task InitializeAsync()
    {
        host = await IdentityFederationHost.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["urls"] = $"http://localhost:{port}",
            ["IdentityFederation:PublicUrl"] = $"http://localhost:{port}",
            ["IdentityFederation:Sessions:InsideNetworks:0"] = "127.0.0.0/8",
            ["IdentityFederation:Sessions:InsideNetworks:1"] = "::1/128",
        });
        playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout((float)Eventually.Bound.TotalMilliseconds);
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-background-networking"],
        });
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_passkey_is_registered_by_link_and_signs_in_by_itself_and_again_by_keyboard()
    {
        string person = await host.PersonAsync("ada");
        IPage page = await OpenAsync();
        await page.GotoAsync(await SignInBrowser.LinkAsync(host, person));
        await ShouldBeSoundAsync(page, "enrol-begin");
        await PressAsync(page, "Begin");
        await ShouldBeAsync(page, "Set up your sign-in");
        await ShouldBeSoundAsync(page, "enrol");
        await page.GetByRole(AriaRole.Link, new() { Name = "Register a passkey" }).ClickAsync();
        await page.GetByLabel("What you call it").FillAsync("blue stick");
        await ShouldBeSoundAsync(page, "passkey");
        await PressAsync(page, "Register a passkey");
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Your passkey is registered.");
        await page.GotoAsync("/account/authenticator-app");
        await ShouldBeSoundAsync(page, "authenticator-app");
        await page.GotoAsync("/account/password");
        await ShouldBeSoundAsync(page, "password");
        await page.GetByLabel("New password").FillAsync(SignInBrowser.Password);
        await page.GetByLabel("The same again").FillAsync(SignInBrowser.Password);
        await PressAsync(page, "Set the password");
        await page.GotoAsync("/account/recovery-codes");
        await PressAsync(page, "Make recovery codes");
        await ShouldBeSoundAsync(page, "recovery-codes");
        await page.GotoAsync("/enrol");
        await PressAsync(page, "Finish and sign in");

        // By keyboard alone: the passkey says who it is.
        await ShouldBeAsync(page, "Sign in");
        await ShouldBeSoundAsync(page, "sign-in");
        await TabToAsync(page, "Sign in with a passkey");
        await page.Keyboard.PressAsync("Enter");
        await ShouldBeAsync(page, "Before you go on");
        await ShouldBeSoundAsync(page, "acknowledgement");
        await TabToAsync(page, "I know, go on");
        await page.Keyboard.PressAsync("Enter");
        await ShouldBeAsync(page, "Your account");
        await ShouldBeSoundAsync(page, "account");
        OpenSession session = host.Services.GetRequiredService<OpenSessions>().Of(person).ShouldHaveSingleItem();
        session.State.Proof.ShouldBe(new Proof(["hwk", "user", "mfa", "phr"], AuthenticationContexts.PhishingResistant));

        // Afterwards with the password first, where a phishing-resistant sign-in is asked for.
        await PressAsync(page, "Sign out");
        await page.GotoAsync("/sign-in?returnUrl=%2Faccount&acr_values=phr");
        await page.GetByLabel("User name").FillAsync("ada");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(SignInBrowser.Password);
        await page.Keyboard.PressAsync("Enter");
        await ShouldBeAsync(page, "Second factor");
        await ShouldBeSoundAsync(page, "second-factor");
        await TabToAsync(page, "Use a passkey");
        await page.Keyboard.PressAsync("Enter");
        await ShouldBeAsync(page, "Your account");
    }

    [Fact]
    public async Task A_browser_without_the_passkey_is_told_and_a_wrong_password_is_a_sound_page()
    {
        await host.PersonAsync("bob");
        IPage page = await OpenAsync();
        await page.GotoAsync("/sign-in");
        await PressAsync(page, "Sign in with a passkey");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The passkey did not answer.");
        await page.GetByLabel("User name").FillAsync("bob");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("not the password");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("sign_in_wrong");
        await ShouldBeSoundAsync(page, "wrong");
    }

    [Fact]
    public async Task An_answer_that_was_copied_with_its_cookie_is_good_no_second_time()
    {
        IPage page = await OpenAsync();
        await page.GotoAsync(await SignInBrowser.LinkAsync(host, await host.PersonAsync("copied")));
        await PressAsync(page, "Begin");
        await page.GetByRole(AriaRole.Link, new() { Name = "Register a passkey" }).ClickAsync();
        await page.GetByLabel("What you call it").FillAsync("blue stick");
        await PressAsync(page, "Register a passkey");
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Your passkey is registered.");
        await PressAsync(page, "Finish and sign in");
        IRequest sent = await page.RunAndWaitForRequestAsync(
            () => PressAsync(page, "Sign in with a passkey"),
            request => request.Method == "POST" && request.Url.EndsWith("handler=Passkey", StringComparison.Ordinal));
        await ShouldBeAsync(page, "Before you go on");

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

    private async Task<IPage> OpenAsync()
    {
        IBrowserContext context = await browser.NewContextAsync(new() { BaseURL = $"http://localhost:{port}", ViewportSize = new() { Width = 1280, Height = 900 } });
        IPage page = await context.NewPageAsync();
        ICDPSession protocol = await context.NewCDPSessionAsync(page);
        await protocol.SendAsync("WebAuthn.enable");
        await protocol.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["options"] = new
            {
                protocol = "ctap2", transport = "internal", hasResidentKey = true, hasUserVerification = true, isUserVerified = true,
                automaticPresenceSimulation = true,
            },
        });
        return page;
    }

    private static Task PressAsync(IPage page, string button) => page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    private static Task ShouldBeAsync(IPage page, string heading) => Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(heading);

    private static async Task TabToAsync(IPage page, string name)
    {
        for (int pressed = 0; pressed < 20; pressed++)
        {
            await page.Keyboard.PressAsync("Tab");
            if ((await page.EvaluateAsync<string>("document.activeElement.textContent")).Trim() == name)
            {
                return;
            }
        }

        Assert.Fail($"{name} is not reached by keyboard.");
    }

    /// <summary>Axe finds nothing, wide and light or narrow and dark, and at 320 pixels nothing needs sideways scrolling.</summary>
    private static async Task ShouldBeSoundAsync(IPage page, string name)
    {
        foreach ((int width, ColorScheme colours) in new[] { (1280, ColorScheme.Light), (320, ColorScheme.Dark) })
        {
            await page.SetViewportSizeAsync(width, 900);
            await page.EmulateMediaAsync(new() { ColorScheme = colours });
            if (Environment.GetEnvironmentVariable("ACCESSGOV_PICTURES") is { Length: > 0 } folder)
            {
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.{width}.png"), FullPage = true });
            }

            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width, name);
#pragma warning disable CS0618 // The other mode opens a page of its own for each run, to be safe with frames; ours have none.
            AxeResult result = await page.Locator("html").RunAxeLegacy();
#pragma warning restore CS0618
            result.Passes.ShouldNotBeEmpty();
            result.Violations.Select(found => $"{found.Id}: {string.Join(" | ", found.Nodes.Select(node => node.Html))}").ShouldBeEmpty($"{name} at {width}");
        }
    }
}
