using AccessGov.Testing;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>A real browser before a service, for what only a browser shows.</summary>
internal sealed class PageBrowser : IAsyncDisposable
{
    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly string address;

    private PageBrowser(IPlaywright playwright, IBrowser browser, string address) =>
        (this.playwright, this.browser, this.address) = (playwright, browser, address);

    /// <param name="address">What paths of pages are relative to.</param>
    public static async Task<PageBrowser> StartAsync(string address)
    {
        IPlaywright started = await Playwright.CreateAsync();

        // A bound says that something hangs, not that it is slow.
        SetDefaultExpectTimeout((float)Eventually.Bound.TotalMilliseconds);
        return new PageBrowser(started, await started.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium.ExecutablePath, Args = Chromium.Arguments,
        }), address);
    }

    /// <summary>A page of a browser that nobody is signed in to.</summary>
    public async Task<IPage> OpenAsync(bool scripts = true)
    {
        IBrowserContext context = await browser.NewContextAsync(new()
        {
            BaseURL = address, ViewportSize = new() { Width = 1280, Height = 900 }, JavaScriptEnabled = scripts,
        });
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}

/// <summary>What tests do with pages again and again.</summary>
internal static class PageSteps
{
    /// <summary>The device has a passkey authenticator, which always says yes.</summary>
    public static async Task<IPage> WithPasskeysAsync(this Task<IPage> opening)
    {
        IPage page = await opening;
        ICDPSession protocol = await page.Context.NewCDPSessionAsync(page);
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

    public static Task PressAsync(this IPage page, string button) =>
        page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>The page is this one: its heading of the first level says so.</summary>
    public static Task ShouldBeAsync(this IPage page, string heading) =>
        Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(heading);

    /// <summary>By keyboard alone.</summary>
    public static async Task TabToAsync(this IPage page, string button)
    {
        ILocator wanted = page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true });
        for (int pressed = 0; pressed < 20; pressed++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await wanted.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                return;
            }
        }

        Assert.Fail($"{button} is not reached by keyboard.");
    }

    /// <summary>Axe finds nothing, wide and light or narrow and dark, and at 320 pixels nothing needs sideways scrolling.</summary>
    public static async Task ShouldBeSoundAsync(this IPage page, string name)
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
            result.Violations.Select(found => $"{found.Id}: {string.Join(" | ", found.Nodes.Select(node => node.Html))}")
                .ShouldBeEmpty($"{name} at {width}");
        }
    }
}
