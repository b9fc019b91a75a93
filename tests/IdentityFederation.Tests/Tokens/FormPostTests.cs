using System.Net;
using System.Security.Claims;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.IdentityFederation.Tests.SignIn;
using AccessGov.Testing;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>The answer comes as a form that the browser sends (OAuth 2.0 Form Post Response Mode).</summary>
public sealed class FormPostTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    public async Task The_code_is_in_a_form_for_the_client_and_nothing_else_may_happen_on_the_page()
    {
        string client = await Viewer.RegisterAsync(host, "viewer");
        using Browser browser = await Browser.SignedInAsync(host, await host.PersonAsync($"p{Guid.NewGuid():n}"));
        Dictionary<string, string> form = await FormAsync(
            await browser.GetAsync(Browser.Request(client, ("response_mode", "form_post"), ("state", "\"><script>x</script>&amp;"))));
        form.Keys.Order(StringComparer.Ordinal).ShouldBe(["code", "iss", "state"]);
        form["state"].ShouldBe("\"><script>x</script>&amp;");
        form["iss"].ShouldBe("https://identity.test");
        await ClientPeer.OkAsync(await Viewer.RedeemAsync(host, client, form["code"]));
    }

    [Fact]
    public async Task So_are_errors()
    {
        string client = await Viewer.RegisterAsync(host, "viewer");
        using var browser = new Browser(host);
        foreach (((string, string?) wrong, string error) in new[]
                 {
                     (("prompt", (string?)"none"), "login_required"), (("scope", "nothing.known"), "invalid_scope"),
                     (("id_token_hint", "garbage"), "invalid_request"), (("code_challenge", null), "invalid_request"),
                 })
        {
            Dictionary<string, string> form = await FormAsync(
                await browser.GetAsync(Browser.Request(client, ("response_mode", "form_post"), wrong)));
            form["error"].ShouldBe(error);
            form["state"].ShouldBe("s-1");
            form.ShouldNotContainKey("code");
        }

        JsonNode said = JsonNode.Parse(await host.Client.GetStringAsync("/.well-known/openid-configuration"))!;
        said["response_modes_supported"]!.AsArray().Select(mode => mode!.GetValue<string>()).ShouldBe(["query", "form_post"]);
    }

    /// <summary>ASP.NET Core's client as it comes, with a code, in a real browser; the client is another site for it.</summary>
    [Fact]
    public async Task The_client_of_aspnet_core_signs_somebody_in_with_and_without_scripts()
    {
        string issuer = $"http://127.0.0.1:{FreePort.Next()}";
        string portal = $"http://localhost:{FreePort.Next()}";
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["urls"] = issuer, ["IdentityFederation:PublicUrl"] = issuer, ["IdentityFederation:Sessions:InsideNetworks:0"] = "127.0.0.0/8",
        };
        await using IdentityFederationHost here = await IdentityFederationHost.StartAsync(settings: settings);
        using Browser signedIn = await Browser.SignedInAsync(here, await here.PersonAsync("ada"));
        string[] session = signedIn.Cookie!.Split('=', 2);
        await here.PutAsync("/clients/portal", new
        {
            name = "Portal", scopes = new[] { "openid" }, redirectUris = new[] { $"{portal}/signin-oidc" },
        });
        await using WebApplication site = await PortalAsync(portal, issuer, await ClientPeer.RotateAsync(here, "portal"));
        await using PageBrowser browser = await PageBrowser.StartAsync(portal);

        foreach (bool scripts in new[] { true, false })
        {
            IPage page = await browser.OpenAsync(scripts);
            await page.Context.AddCookiesAsync([new() { Name = session[0], Value = session[1], Url = issuer }]);
            await page.GotoAsync("/");
            if (!scripts)
            {
                await page.PressAsync("Go on");
            }

            await Expect(page.GetByText($"You are {signedIn.Person}.")).ToBeVisibleAsync();
            new Uri(page.Url).GetLeftPart(UriPartial.Authority).ShouldBe(portal);
        }
    }

    private static async Task<WebApplication> PortalAsync(string url, string issuer, string secret)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder([$"--urls={url}"]);
        builder.Logging.ClearProviders();
        builder.Services.AddAuthorization().AddAuthentication(options =>
        {
            options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
        }).AddCookie().AddOpenIdConnect(options =>
        {
            (options.Authority, options.ClientId, options.ClientSecret) = (issuer, "portal", secret);
            (options.ResponseType, options.RequireHttpsMetadata) = ("code", false);
            options.Scope.Add("email");
            options.GetClaimsFromUserInfoEndpoint = true;
        });
        WebApplication site = builder.Build();
        site.UseAuthentication();
        site.UseAuthorization();
        site.MapGet("/", (HttpContext http) => $"You are {http.User.FindFirst(ClaimTypes.NameIdentifier)?.Value}.")
            .RequireAuthorization();
        await site.StartAsync();
        return site;
    }

    private static async Task<Dictionary<string, string>> FormAsync(HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith(
            "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action https://viewer.test; script-src 'sha256-");
        text.ShouldContain($"<form method=\"post\" action=\"{Browser.RedirectUri}\">");
        Regex.Count(text, "<script>").ShouldBe(1);
        return Regex.Matches(text, "<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">").ToDictionary(
            field => field.Groups[1].Value, field => WebUtility.HtmlDecode(field.Groups[2].Value), StringComparer.Ordinal);
    }
}
