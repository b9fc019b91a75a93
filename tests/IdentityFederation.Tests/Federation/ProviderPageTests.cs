using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.SignIn;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>
/// There and back in a real browser, by keyboard, at 1280 and at 320 pixels. The provider is another site than the service (127.0.0.1 and
/// localhost), so that the browser keeps cookies back as it does everywhere.
/// </summary>
public sealed class ProviderPageTests : IAsyncLifetime
{
    private readonly int port = FreePort.Next();
    private readonly string secretFile = Path.GetTempFileName();
    private CertifiedProvider? provider;
    private IdentityFederationHost? host;
    private PageBrowser browser = null!;

    public async Task InitializeAsync()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(OfficialEngineFactAttribute.FolderVariable)))
        {
            return;
        }

        string here = $"http://localhost:{port}";
        string secret = Guid.NewGuid().ToString("n") + Guid.NewGuid().ToString("n");
        await File.WriteAllTextAsync(secretFile, secret);
        JsonArray clients = [.. new[] { "query", "form" }.Select(name => new JsonObject
        {
            ["client_id"] = name, ["client_secret"] = secret, ["redirect_uris"] =
                new JsonArray($"{here}/sign-in/providers/{name}/callback"),
        })];
        var people = new JsonObject { ["ada@clinic.example"] = new JsonObject { ["oid"] = "oid-ada" },
            ["eve@clinic.example"] = new JsonObject { ["oid"] = "oid-eve" } };
        provider = await CertifiedProvider.StartAsync(FreePort.Next(), clients, people);
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["urls"] = here, ["IdentityFederation:PublicUrl"] = here,
            ["IdentityFederation:Sessions:InsideNetworks:0"] = "127.0.0.0/8", ["IdentityFederation:Sessions:InsideNetworks:1"] = "::1/128",
        };
        foreach ((string name, string mode) in new[] { ("form", "FormPost"), ("query", "Query") })
        {
            string section = $"IdentityFederation:IdentityProviders:{name}:";
            settings[$"{section}Organisation"] = "clinic";
            settings[$"{section}DisplayName"] = $"the Clinic ({name})";
            settings[$"{section}ShowOnSignInPage"] = "true";
            settings[$"{section}Linking:ExternalIdClaim"] = "oid";
            settings[$"{section}OpenIdConnect:Authority"] = provider.Issuer;
            settings[$"{section}OpenIdConnect:ClientId"] = name;
            settings[$"{section}OpenIdConnect:ClientSecretFile"] = secretFile;
            settings[$"{section}OpenIdConnect:ResponseMode"] = mode;
        }

        host = await IdentityFederationHost.StartAsync(settings: settings);
        using HttpResponseMessage defined = await host.PutAsync(
            "/organisations/clinic", new { name = "clinic", kind = "hospital", domains = new[] { "clinic.example" } });
        defined.EnsureSuccessStatusCode();
        using HttpResponseMessage provisioned = await host.PostAsync(
            "/people", new { organisation = "clinic", profile = new { userName = "ada@clinic.example", externalId = "oid-ada" } });
        provisioned.EnsureSuccessStatusCode();
        browser = await PageBrowser.StartAsync($"http://localhost:{port}");
    }

    public async Task DisposeAsync()
    {
        if (host is not null)
        {
            await browser.DisposeAsync();
            await host.DisposeAsync();
            provider!.Dispose();
        }

        File.Delete(secretFile);
    }

    [OfficialEngineFact]
    public async Task Somebody_types_their_name_and_is_signed_in_there_and_back_whatever_the_browser_keeps_back()
    {
        // The first of the organisation's providers answers with a form, and scripts send it on.
        IPage page = await browser.OpenAsync();
        await page.GotoAsync("/sign-in?returnUrl=%2Faccount");
        await page.ShouldBeSoundAsync("sign-in-providers");
        await page.GetByLabel("User name").FillAsync("ada@clinic.example");
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldBeAsync("Before you go on");
        await page.TabToAsync("I know, go on");
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldBeAsync("Your account");

        // The other one answers by address, and the browser has no scripts.
        IPage plain = await browser.OpenAsync(scripts: false);
        await plain.GotoAsync("/sign-in?returnUrl=%2Faccount&login_hint=ada%40clinic.example");
        await plain.TabToAsync("Sign in with the Clinic (query)");
        await plain.Keyboard.PressAsync("Enter");
        await plain.ShouldBeAsync("Your account");
        new Uri(plain.Url).PathAndQuery.ShouldBe("/account");

        host!.Services.GetRequiredService<OpenSessions>().All.ShouldAllBe(open => open.State.Proof.Provider == provider!.Issuer);
        host.Services.GetRequiredService<OpenSessions>().All.Count.ShouldBe(2);
    }

    [OfficialEngineFact]
    public async Task Whoever_has_no_account_is_told_on_a_sound_page_and_so_is_a_browser_that_did_not_ask()
    {
        IPage page = await browser.OpenAsync();
        await page.GotoAsync("/sign-in?login_hint=eve%40clinic.example");
        await page.PressAsync("Sign in with the Clinic (query)");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("person_not_provisioned");
        await page.ShouldBeSoundAsync("not-provisioned");

        // What another site links to leads nowhere, in whichever way it comes.
        await page.GotoAsync($"/sign-in/providers/query/callback?code=x&state={new string('a', 43)}");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("provider_answer_unasked");
        IPage plain = await browser.OpenAsync();
        await plain.RouteAsync("**/sign-in.js*", route => route.AbortAsync());
        string callback = $"http://localhost:{port}/sign-in/providers/form/callback";
        await plain.SetContentAsync($"<form method='post' action='{callback}'><input name='state' value='x'><button>Send</button></form>");
        await plain.GetByRole(AriaRole.Button).ClickAsync();
        await plain.GetByRole(AriaRole.Button, new() { Name = "Go on" }).WaitForAsync();
        await plain.ShouldBeSoundAsync("go-on");
        await plain.PressAsync("Go on");
        await Expect(plain.GetByRole(AriaRole.Alert)).ToContainTextAsync("provider_answer_unasked");
    }

    [OfficialEngineFact]
    public async Task A_passkey_alone_opens_nothing_where_the_organisation_signs_in()
    {
        using HttpResponseMessage found = await host!.SendAsync(HttpMethod.Get, "/people?search=ada@clinic.example");
        string person = JsonNode.Parse(await found.Content.ReadAsStringAsync())!["people"]![0]!["id"]!.GetValue<string>();
        IPage page = await browser.OpenAsync().WithPasskeysAsync();
        await page.GotoAsync(await SignInBrowser.LinkAsync(host, person));
        await page.PressAsync("Begin");
        await page.GetByRole(AriaRole.Link, new() { Name = "Register a passkey" }).ClickAsync();
        await page.GetByLabel("What you call it").FillAsync("stick");
        await page.PressAsync("Register a passkey");
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Your passkey is registered.");
        await page.GotoAsync("/sign-in");
        await page.PressAsync("Sign in with a passkey");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("provider_required");
    }
}
