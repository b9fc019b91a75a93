using System.Text.RegularExpressions;
using AccessGov.Testing;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>What tests do with pages again and again.</summary>
internal static class Pages
{
    /// <summary>Signs in on IdentityFederation's page, and is back at the console then.</summary>
    public static async Task SignInAsync(this IPage page, SignInOfPerson person, bool strongly = false)
    {
        await page.GetByLabel("User name").FillAsync(person.UserName);
        await page.GetByLabel("Password").FillAsync(person.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        if (strongly)
        {
            await page.ShowSecondFactorAsync(person);
        }

        await Expect(page.Locator(".person")).ToHaveTextAsync(person.UserName);
    }

    /// <summary>Types a code as somebody else's program makes it; the one of now may have been used to set the app up.</summary>
    public static async Task ShowSecondFactorAsync(this IPage page, SignInOfPerson person)
    {
        await page.ShouldBeAsync("Second factor");
        long next = DateTimeOffset.UtcNow.AddSeconds(30).ToUnixTimeSeconds();
        await using var oath = new ChildProcess("oathtool", ["--totp", "--base32", $"--now=@{next}", person.AuthenticatorKey!]);
        (await oath.ExitCodeAsync(Eventually.Bound)).ShouldBe(0, oath.Output);
        await page.GetByLabel("Code of your authenticator app").FillAsync(oath.Output.Trim());
        await page.PressAsync("Go on");
    }

    public static Task PressAsync(this IPage page, string button) =>
        page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public static Task FollowAsync(this IPage page, string link) =>
        page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).First.ClickAsync();

    /// <summary>The page is this one: its heading of the first level says so.</summary>
    public static Task ShouldBeAsync(this IPage page, string heading) =>
        Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(heading);

    /// <summary>The page tells a refusal, with its code.</summary>
    public static async Task ShouldRefuseAsync(this IPage page, string code)
    {
        ILocator refusal = page.GetByRole(AriaRole.Alert);
        await Expect(refusal).ToContainTextAsync($"Code: {code}");
    }

    public static Task ShouldTellAsync(this IPage page, string notice) =>
        Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync(notice);

    /// <summary>Axe finds nothing, wide and light or narrow and dark, and at 320 pixels nothing needs sideways scrolling.</summary>
    public static async Task ShouldBeSoundAsync(this IPage page)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce });
        await page.PictureAsync("wide");
        await AxeFindsNothingAsync(page);
        await page.SetViewportSizeAsync(320, 900);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.PictureAsync("narrow");
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(
            320, $"{page.Url} at 320 px; too wide: {await TooWideAsync(page)}");
        await AxeFindsNothingAsync(page, Narrow);
        await page.SetViewportSizeAsync(1280, 900);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }

    /// <summary>What size and colours can change.</summary>
    private static readonly AxeRunOptions Narrow = new()
    {
        RunOnly = RunOnlyOptions.Rules("color-contrast", "scrollable-region-focusable", "target-size", "label", "empty-heading"),
    };

    private static async Task AxeFindsNothingAsync(IPage page, AxeRunOptions? options = null)
    {
        // The other mode opens a page of its own for each run, to be safe with frames; ours have none.
#pragma warning disable CS0618
        AxeResult result = await page.Locator("html").RunAxeLegacy(options);
#pragma warning restore CS0618
        result.Passes.ShouldNotBeEmpty();
        result.Violations
            .Select(violation => $"{violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Select(node => node.Html))}")
            .ShouldBeEmpty(page.Url);
    }

    private static Task<string> TooWideAsync(IPage page) => page.EvaluateAsync<string>(
        """
        [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 321).slice(0, 5)
            .map(e => e.tagName + '.' + e.className).join(', ')
        """);

    /// <summary>Keeps a picture where ACCESSGOV_PICTURES names a folder.</summary>
    private static async Task PictureAsync(this IPage page, string width)
    {
        if (Environment.GetEnvironmentVariable("ACCESSGOV_PICTURES") is { Length: > 0 } folder)
        {
            string name = Regex.Replace(new Uri(page.Url).PathAndQuery, "[^a-zA-Z0-9]+", "-").Trim('-');
            string file = $"{name[..Math.Min(name.Length, 90)]}.{width}.png";
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, file), FullPage = true });
        }
    }
}
