using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.IdentityFederation.Federation.Saml;
using AccessGov.IdentityFederation.Tests.SignIn;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>Somebody else's identity provider (samlp, which npm installs beside the official engine) against the service.</summary>
public sealed class SamlpTests(SamlHost running) : IClassFixture<SamlHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [OfficialEngineFact]
    [Trait("Requirement", "S6, S11")]
    public async Task Its_signed_and_encrypted_answers_are_believed_and_its_sign_out_ends_the_session()
    {
        await ShouldSignInAndOutAsync(assertion: true, response: false, encrypted: false);
        await ShouldSignInAndOutAsync(assertion: false, response: true, encrypted: false);
        await ShouldSignInAndOutAsync(assertion: true, response: true, encrypted: false);
        await ShouldSignInAndOutAsync(assertion: true, response: false, encrypted: true);
    }

    private async Task ShouldSignInAndOutAsync(bool assertion, bool response, bool encrypted)
    {
        string name = $"peer-{assertion}-{response}-{encrypted}".ToLowerInvariant();
        string person = await running.PersonAsync(name);
        var browser = new SignInBrowser(host);
        Asked asked = await Asked.ByAsync(browser, "?returnUrl=%2Faccount%2Fpassword");
        string page = (await AnswerAsync("auth", asked.Query, name, SamlPeer.Consumer, new JsonObject
        {
            ["signAssertion"] = assertion, ["signResponse"] = response,
            ["encryptionCert"] = encrypted ? SamlPeer.Foreign.ExportCertificatePem() : null,
            ["encryptionPublicKey"] = encrypted ? SamlPeer.Foreign.GetRSAPublicKey()!.ExportSubjectPublicKeyInfoPem() : null,
            ["encryptionAlgorithm"] = "http://www.w3.org/2009/xmlenc11#aes256-gcm",

            // It checks our signature, too.
            ["signingCert"] = SamlPeer.Foreign.ExportCertificatePem(),
        }))["page"]!.GetValue<string>();
        FieldOf(page, "RelayState").ShouldBe(asked.RelayState);
        await browser.AnswerAsync(Convert.FromBase64String(FieldOf(page, "SAMLResponse")), asked.RelayState);

        browser.Location.ShouldBe("/account/password", browser.Text);
        running.SessionsOf(person).ShouldHaveSingleItem().State.Proof.ProviderSession
            .ShouldBe(SamlAssertion.ProviderSession($"{name}-1", "i1"));

        JsonNode told = await AnswerAsync("logout", "", name, SamlPeer.SignOut, new JsonObject { ["deflate"] = !response });
        string to = told[response ? "page" : "to"]!.GetValue<string>();
        await (response
            ? browser.PostWithoutTokenAsync(
                $"{SamlHost.Path}/logout", ("SAMLRequest", FieldOf(to, "SAMLRequest")), ("RelayState", FieldOf(to, "RelayState")))
            : browser.GetAsync(new Uri(to).PathAndQuery));
        browser.Location.ShouldStartWith("https://idp.example/slo?SAMLResponse=", customMessage: browser.Text);
        running.SessionsOf(person).ShouldBeEmpty();
    }

    [OfficialEngineFact]
    public async Task Its_refusal_is_told()
    {
        var browser = new SignInBrowser(host);
        Asked asked = await Asked.ByAsync(browser);
        string page = (await AnswerAsync("refuse", asked.Query, "x", SamlPeer.Consumer, []))["page"]!.GetValue<string>();
        await browser.AnswerAsync(Convert.FromBase64String(FieldOf(page, "SAMLResponse")), asked.RelayState);
        browser.ShouldShow("saml_failed", 403);
    }

    /// <summary>The provider is another site for the browser: localhost here, 127.0.0.1 there.</summary>
    [OfficialEngineFact]
    public async Task A_real_browser_brings_the_answer_from_another_site()
    {
        string url = $"http://127.0.0.1:{FreePort.Next()}";
        string path = "/sign-in/providers/clinic/saml";
        string provider = $"http://localhost:{FreePort.Next()}";
        await using WebApplication site = await ProviderAsync(provider, $"{url}{path}/acs");
        await using IdentityFederationHost here = await IdentityFederationHost.StartAsync(settings: SamlHost.Settings(
            ("urls", url), ("IdentityFederation:PublicUrl", url), ("clinic:Saml:SignInUrl", $"{provider}/sso")));
        string person = await here.PersonAsync("browser");
        (await here.PostAsync($"/people/{person}/identities",
            new { issuer = SamlPeer.EntityId, subject = "browser-1" })).IsSuccessStatusCode.ShouldBeTrue();
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser chromium = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium.ExecutablePath, Args = Chromium.Arguments,
        });
        IPage page = await chromium.NewPageAsync();

        await page.GotoAsync($"{url}{path}?returnUrl=%2Faccount");
        await page.GetByRole(AriaRole.Button, new() { Name = "I know, go on" }).ClickAsync();
        await Expect(page).ToHaveURLAsync($"{url}/account", new() { Timeout = (float)Eventually.Bound.TotalMilliseconds });
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();

        // Without scripts, two buttons do it.
        IPage still = await (await chromium.NewContextAsync(new() { JavaScriptEnabled = false })).NewPageAsync();
        await still.GotoAsync($"{url}{path}?returnUrl=%2Faccount");
        await still.Locator("input[type=submit]").ClickAsync();
        await still.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(still).ToHaveURLAsync($"{url}/account", new() { Timeout = (float)Eventually.Bound.TotalMilliseconds });

        // An answer to a request of another browser signs nobody in: the other site's form comes, and is refused.
        IPage victim = await (await chromium.NewContextAsync()).NewPageAsync();
        await victim.GotoAsync($"{provider}/forged");
        await Expect(victim.GetByText("Code: saml_request_unknown."))
            .ToBeVisibleAsync(new() { Timeout = (float)Eventually.Bound.TotalMilliseconds });
    }

    private static async Task<WebApplication> ProviderAsync(string url, string consumer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder([$"--urls={url}"]);
        builder.Logging.ClearProviders();
        WebApplication site = builder.Build();
        string forged = "";
        site.MapGet("/sso", async (HttpContext http) =>
        {
            forged = (await AnswerAsync("auth", http.Request.QueryString.Value!, "browser", consumer, []))["page"]!.GetValue<string>();
            return Results.Text(forged, "text/html");
        });
        site.MapGet("/forged", () => Results.Text(forged, "text/html"));
        await site.StartAsync();
        return site;
    }

    /// <summary>What it answers to a request that the browser carries to it.</summary>
    private static async Task<JsonNode> AnswerAsync(string what, string query, string name, string address, JsonObject more)
    {
        var options = new JsonObject
        {
            ["issuer"] = SamlPeer.EntityId, ["cert"] = SamlPeer.Certificate.ExportCertificatePem(),
            ["key"] = SamlPeer.Certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem(),
            ["signatureAlgorithm"] = "rsa-sha256", ["digestAlgorithm"] = "sha256", ["nameIdentifierFormat"] = SamlNames.PersistentNameId,
            ["sessionIndex"] = "i1",
            ["recipient"] = address, ["destination"] = address,
            ["authnContextClassRef"] = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
            ["protocolBinding"] = more.ContainsKey("deflate")
            && more["deflate"]!.GetValue<bool>() ? SamlNames.RedirectBinding : SamlNames.PostBinding,
        };
        foreach ((string key, JsonNode? value) in more.Where(option => option.Value is not null))
        {
            options[key] = value!.DeepClone();
        }

        string input = new JsonObject
        {
            ["folder"] = OfficialEngineFactAttribute.Folder, ["what"] = what, ["options"] = options, ["consumer"] = address,
            ["query"] = JsonSerializer.SerializeToNode(
                QueryHelpers.ParseQuery(query).ToDictionary(one => one.Key, one => one.Value.ToString(), StringComparer.Ordinal)),
            ["user"] = JsonSerializer.SerializeToNode(new
            {
                id = $"{name}-1", displayName = "Ada L", name = new { givenName = "Ada", familyName = "L" },
                emails = new[] { new { value = "ada@clinic.test" } },
            }),
            ["participant"] = JsonSerializer.SerializeToNode(new
            {
                serviceProviderId = SamlPeer.OwnEntityId, nameId = $"{name}-1", nameIdFormat = SamlNames.PersistentNameId,
                sessionIndex = "i1",
                serviceProviderLogoutURL = address,
            }),
        }.ToJsonString();
        using var node = Process.Start(new ProcessStartInfo("node",
            ["--no-deprecation", WorkingCopy.PathOf("tests", "IdentityFederation.Tests", "Peers", "samlp.mjs"), input])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var bound = new CancellationTokenSource(Eventually.Bound);
        Task<string> said = node.StandardOutput.ReadToEndAsync(bound.Token);
        string failed = await node.StandardError.ReadToEndAsync(bound.Token);
        await node.WaitForExitAsync(bound.Token);
        node.ExitCode.ShouldBe(0, failed);
        return JsonNode.Parse(await said)!;
    }

    private static string FieldOf(string page, string name) =>
        System.Net.WebUtility.HtmlDecode(Regex.Match(page, $"name=\"{name}\"\\s+value=\"([^\"]*)\"").Groups[1].Value);
}
