using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Testing;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AccessGov.Console.Tests;

/// <summary>
/// A real PolicyDecision, a real IdentityFederation, a real BreakGlass and a real Audit, a real console before them and a real browser
/// before all of it; started once for all tests.
/// </summary>
public sealed class RunningConsole : IAsyncLifetime
{
    /// <summary>No test needs more at the same time, and each costs memory.</summary>
    private const int PagesMax = 4;

    /// <summary>
    /// Whoever the tests need, with a password; stella, clara, trudy, gwen, hugo and ines have an authenticator app, too.
    /// </summary>
    private static readonly string[] Names =
    [
        "ada", "ben", "bill", "walter", "werner", "wilma", "leaver", "revoked", "olga", "paul", "quinn", "rosa", "sven", "terry", "tess",
        "emma", "egon", "elsa",
    ];

    private readonly Dictionary<(string Person, bool Scripts), IBrowserContext> browsers = [];
    private readonly Queue<IPage> open = new();
    private WebApplication? app;
    private IPlaywright? playwright;
    private IBrowser? browser;

    public AccessGovProcesses Service { get; } = new();

    public AuditProcess Audit { get; } = new();

    public BreakGlassProcess BreakGlass { get; } = new();

    /// <summary>What the people of the tests sign in with.</summary>
    public IReadOnlyDictionary<string, SignInOfPerson> People { get; private set; } = new Dictionary<string,
        SignInOfPerson>(StringComparer.Ordinal);

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Next()}/");

    public async Task InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        // A bound says that something hangs, not that it is slow.
        Assertions.SetDefaultExpectTimeout((float)Eventually.Bound.TotalMilliseconds);
        Task<IBrowser> launching = playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium.ExecutablePath, Args = Chromium.Arguments,
        });
        // A group of the tests brings it; were it not everybody's, its members would need second factors.
        await Service.StartAsync(Address, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["IdentityFederation__ScopesOfEverybody__900"] = "things.unheard-of",
            ["PolicyDecision__BreakGlassUrl"] = new Uri(Address, "emergency-access/new").AbsoluteUri,
            ["IdentityFederation__RequiredClearances__0"] = "background_check",
            ["IdentityFederation__RequiredClearances__1"] = "privacy_agreement",
        });
        await Audit.StartAsync(Service);
        await BreakGlass.StartAsync(
            Service, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["BreakGlass__LessonCasesMin"] = "2",

                // Nobody runs the edges between the tests that need one.
                ["BreakGlass__Offline__EdgeSilence"] = "1.00:00:00",
                [$"BreakGlass__Offline__Edges__{StationEdge.Edge}"] = "edge",
                [$"BreakGlass__Offline__Stations__{StationEdge.Station}__ClientId"] = "edge",
                [$"BreakGlass__Offline__Stations__{StationEdge.Station}__Role"] = "emergency-reader",
                [$"BreakGlass__Offline__Stations__{StationEdge.Station}__InvokerRole"] = "ward-physician",
            });
        app = await StartAsync(
            Address, Service.PolicyDecision, Service.IdentityFederation, Service.Secret, audit: Audit.Address,
            breakGlass: BreakGlass.Address);
        await Hospital.LoadAsync(Service);
        await Service.EnrolAsync(app: true, "stella", "clara", "trudy", "gwen", "hugo", "ines");
        People = await Service.EnrolAsync(app: false, Names);
        browser = await launching;
    }

    /// <summary>Another console, for tests that need one of their own.</summary>
    public static async Task<WebApplication> StartAsync(
        Uri address, Uri policyDecision, Uri identityFederation, string secret, string client = "console",
        Action<IServiceCollection>? configure = null, Uri? audit = null, Uri? breakGlass = null)
    {
        WebApplication console = ConsoleHost.Build(
        [
            $"--urls={address.AbsoluteUri.TrimEnd('/')}", "--environment=Development", "--applicationName=AccessGov.Console",
            $"--contentRoot={WorkingCopy.PathOf("services", "Console")}",
            "--Logging:LogLevel:Default=Error", $"--Console:PolicyDecisionUrl={policyDecision.AbsoluteUri}",
            $"--Console:ClientSecret={secret}",
            $"--Console:ClientId={client}", $"--Console:IdentityFederationUrl={identityFederation.AbsoluteUri}",
            $"--Console:PublicUrl={address.AbsoluteUri}", $"--Console:AuditUrl={audit?.AbsoluteUri}",
            $"--Console:BreakGlassUrl={breakGlass?.AbsoluteUri}",
        ], configure);
        await console.StartAsync();
        return console;
    }

    /// <summary>Another console beside this one, to which people are sent back, too.</summary>
    /// <param name="policyDecision">Whom it asks about access.</param>
    /// <param name="identityFederation">Whom it asks about people; who signs them in unless given.</param>
    /// <param name="tokenMinutes">How long its tokens are good.</param>
    /// <param name="configure">What else is otherwise.</param>
    /// <param name="scheme">How people reach it.</param>
    /// <param name="audit">Whom it asks about the audit trail; nobody unless given.</param>
    /// <param name="breakGlass">Where emergency access is taken; nowhere unless given.</param>
    /// <param name="scopes">All that it may be asked to do for anybody; what the console may unless given.</param>
    public async Task<ConsoleBeside> BesideAsync(
        Uri? policyDecision = null, Uri? identityFederation = null, int tokenMinutes = 15, Action<IServiceCollection>? configure = null,
        string scheme = "http", Uri? audit = null, Uri? breakGlass = null, params string[] scopes)
    {
        var address = new Uri($"{scheme}://127.0.0.1:{FreePort.Next()}/");
        string origin = address.AbsoluteUri.TrimEnd('/');
        string known = await File.ReadAllTextAsync(WorkingCopy.PathOf("deploy", "clients.json"));
        JsonObject client = JsonNode.Parse(known.Replace("${CONSOLE_URL}", origin, StringComparison.Ordinal))!.AsArray()
            .Select(one => one!.AsObject()).Single(one => one["id"]!.GetValue<string>() == "console");
        client.Remove("id");
        client.Remove("purpose");
        client["name"] = "Another console";
        client["tokenMinutes"] = tokenMinutes;
        if (scopes.Length > 0)
        {
            client["scopes"] = JsonSerializer.SerializeToNode(scopes);
        }

        string id = $"console-{address.Port}";
        await Service.SendAsync(HttpMethod.Put, new Uri(Service.IdentityFederation, $"clients/{id}").AbsoluteUri, client);
        JsonNode rotated = (await Service.SendAsync(
            HttpMethod.Post, new Uri(Service.IdentityFederation, $"clients/{id}/rotate-secret").AbsoluteUri, new { graceMinutes = 0 }))!;
        return new ConsoleBeside(address, await StartAsync(
            address, policyDecision ?? Service.PolicyDecision, Service.IdentityFederation, rotated["clientSecret"]!.GetValue<string>(),
            id, Configure, audit, breakGlass));

        void Configure(IServiceCollection services)
        {
            configure?.Invoke(services);
            if (scopes.Length > 0)
            {
                services.PostConfigure<OpenIdConnectOptions>("openid", openId =>
                {
                    openId.Scope.Clear();
                    foreach (string scope in (string[])["openid", "profile", "offline_access", .. scopes])
                    {
                        openId.Scope.Add(scope);
                    }
                });
            }

            if (identityFederation is not null)
            {
                foreach (string name in new[] { "IdentityFederation", "IdentityFederation health" })
                {
                    services.AddHttpClient(name).ConfigureHttpClient(http => http.BaseAddress = identityFederation);
                }
            }
        }
    }

    /// <summary>A page of a browser that nobody is signed in to.</summary>
    public async Task<IPage> OpenAsync(string path) => await OpenAsync(await browser!.NewContextAsync(Options()), path);

    /// <summary>The same of another console.</summary>
    public async Task<IPage> OpenAsync(string path, Uri beside)
    {
        BrowserNewContextOptions options = Options();
        options.BaseURL = beside.AbsoluteUri;
        return await OpenAsync(await browser!.NewContextAsync(options), path);
    }

    /// <summary>A page of somebody's browser: they sign in once, with the form.</summary>
    public async Task<IPage> OpenAsync(string path, string person, bool scripts = true)
    {
        if (!browsers.TryGetValue((person, scripts), out IBrowserContext? context))
        {
            BrowserNewContextOptions options = Options();
            options.JavaScriptEnabled = scripts;
            browsers[(person, scripts)] = context = await browser!.NewContextAsync(options);
            await (await OpenAsync(context, "/sign-in")).SignInAsync(People[person]);
        }

        return await OpenAsync(context, path);
    }

    /// <summary>The same of somebody who has shown a second factor: once, as a code is good once.</summary>
    public async Task<IPage> OpenStronglyAsync(string path, string person)
    {
        if (!browsers.TryGetValue((person, true), out IBrowserContext? context))
        {
            browsers[(person, true)] = context = await browser!.NewContextAsync(Options());
            IPage first = await OpenAsync(context, "/audit/key-epochs");
            await first.SignInAsync(People[person]);
            await first.ShouldRefuseAsync("step_up_required");
            await first.FollowAsync("Sign in with your second factor");
            await first.ShowSecondFactorAsync(People[person]);
            await first.ShouldBeAsync("Key epochs");
        }

        return await OpenAsync(context, path);
    }

    /// <summary>Ends all sessions of somebody at IdentityFederation, as security does.</summary>
    public Task EndSessionsAsync(string person) => Service.SendAsync(
        HttpMethod.Post, new Uri(Service.IdentityFederation, $"people/{person}/sessions/end").AbsoluteUri, new { reason = "A test." });

    public async Task DisposeAsync()
    {
        await (browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        playwright?.Dispose();
        await (app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await BreakGlass.DisposeAsync();
        await Audit.DisposeAsync();
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

    // Consoles with TLS have certificates of their own.
    private BrowserNewContextOptions Options() => new()
    {
        BaseURL = Address.AbsoluteUri, ViewportSize = new() { Width = 1280, Height = 900 }, Locale = "en-GB", IgnoreHTTPSErrors = true,
    };
}

/// <summary>A console that a test has for itself.</summary>
public sealed record ConsoleBeside(Uri Address, WebApplication App) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>All tests share one console; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ConsoleTests : ICollectionFixture<RunningConsole>
{
    public const string Name = "Console";
}
