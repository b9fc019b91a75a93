using AccessGov.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Playwright;

namespace AccessGov.Console.Tests;

/// <summary>A real PolicyDecision, a real console before it and a real browser before that; started once for all tests.</summary>
public sealed class RunningConsole : IAsyncLifetime
{
    /// <summary>No test needs more at the same time, and each costs memory.</summary>
    private const int PagesMax = 4;

    private readonly Dictionary<(string Person, bool Scripts), IBrowserContext> browsers = [];
    private readonly Queue<IPage> open = new();
    private WebApplication? app;
    private IPlaywright? playwright;
    private IBrowser? browser;

    public PolicyDecisionProcess Service { get; } = new();

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Next()}/");

    public async Task InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        // A bound says that something hangs, not that it is slow.
        Assertions.SetDefaultExpectTimeout((float)Eventually.Bound.TotalMilliseconds);
        Task<IBrowser> launching = playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-background-networking"],
        });
        app = await StartAsync(Address, Service.Address, Service.Secret);
        await Service.StartAsync(Address);
        await Hospital.LoadAsync(Service);
        browser = await launching;
    }

    /// <summary>Another console, for tests that need one of their own.</summary>
    public static async Task<WebApplication> StartAsync(Uri address, Uri policyDecision, string secret)
    {
        WebApplication console = ConsoleHost.Build(
        [
            $"--urls={address.AbsoluteUri.TrimEnd('/')}", "--environment=Development", "--applicationName=AccessGov.Console", $"--contentRoot={WorkingCopy.PathOf("services", "Console")}",
            "--Logging:LogLevel:Default=Error", $"--Console:PolicyDecisionUrl={policyDecision.AbsoluteUri}", $"--Console:ClientSecret={secret}",
        ]);
        await console.StartAsync();
        return console;
    }

    /// <summary>A page of a browser that nobody is signed in to.</summary>
    public async Task<IPage> OpenAsync(string path) => await OpenAsync(await browser!.NewContextAsync(Options()), path);

    /// <summary>A page of somebody's browser: they sign in once, with the form.</summary>
    public async Task<IPage> OpenAsync(string path, string person, bool scripts = true)
    {
        if (!browsers.TryGetValue((person, scripts), out IBrowserContext? context))
        {
            BrowserNewContextOptions options = Options();
            options.JavaScriptEnabled = scripts;
            browsers[(person, scripts)] = context = await browser!.NewContextAsync(options);
            await (await OpenAsync(context, "/sign-in")).SignInAsync(person);
        }

        return await OpenAsync(context, path);
    }

    /// <summary>Revokes the token behind the session of a page, as an administrator would.</summary>
    public async Task RevokeTokenAsync(IPage page)
    {
        string cookie = (await page.Context.CookiesAsync()).Single(one => one.Name == "accessgov-console").Value;
        CookieAuthenticationOptions options = app!.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(CookieAuthenticationDefaults.AuthenticationScheme);
        string session = options.TicketDataFormat.Unprotect(cookie)!.Principal.Claims.Single(claim => claim.Type.EndsWith("SessionId", StringComparison.Ordinal)).Value;
        AuthenticationTicket ticket = (await options.SessionStore!.RetrieveAsync(session))!;
        using var http = new HttpClient { BaseAddress = Service.Address };
        using var form = new FormUrlEncodedContent([new("token", ticket.Properties.GetTokenValue("access_token")!), new("client_id", "console"), new("client_secret", Service.Secret)]);
        (await http.PostAsync(new Uri("development/revoke", UriKind.Relative), form)).EnsureSuccessStatusCode();
    }

    public async Task DisposeAsync()
    {
        await (browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        playwright?.Dispose();
        await (app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Service.DisposeAsync();
    }

    private async Task<IPage> OpenAsync(IBrowserContext context, string path)
    {
        if (open.Count == PagesMax)
        {
            await open.Dequeue().CloseAsync();
        }

        IPage page = await context.NewPageAsync();
        open.Enqueue(page);
        await page.GotoAsync(path);
        return page;
    }

    private BrowserNewContextOptions Options() => new() { BaseURL = Address.AbsoluteUri, ViewportSize = new() { Width = 1280, Height = 900 }, Locale = "en-GB" };
}

/// <summary>All tests share one console; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ConsoleTests : ICollectionFixture<RunningConsole>
{
    public const string Name = "Console";
}
