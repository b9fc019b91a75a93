using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.SignIn;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>Against a certified provider: there and back in each way, and signed out from there.</summary>
public sealed class CertifiedProviderTests : IAsyncLifetime
{
    private static readonly string[] Ways = ["secret", "key", "certificate", "form"];

    private readonly string[] files = [.. Ways.Select(_ => Path.GetTempFileName())];
    private readonly int port = FreePort.Next();
    private CertifiedProvider? provider;
    private IdentityFederationHost? host;

    public async Task InitializeAsync()
    {
        if (OfficialEngineFactAttribute.ReasonToSkip(
            Environment.GetEnvironmentVariable(OfficialEngineFactAttribute.FolderVariable),
            Environment.GetEnvironmentVariable(OfficialEngineFactAttribute.ModeVariable)) is not null)
        {
            return;
        }

        int there = FreePort.Next();
        var people = new JsonObject
        {
            ["ada"] = new JsonObject { ["name"] = "Ada L.", ["preferred_username"] = "ada@readers.example",
                ["email"] = "ada@readers.example" },
            ["bob"] = new JsonObject { ["name"] = "Bob", ["preferred_username"] = "bob@readers.example" },
        };
        provider = await CertifiedProvider.StartAsync(there, [.. Ways.Select((way, at) => ClientOf(way, files[at]))], people);
        var settings = new Dictionary<string, string?>(SignInBrowser.Settings,
            StringComparer.Ordinal) { ["urls"] = $"http://127.0.0.1:{port}" };
        foreach ((string way, string file) in Ways.Zip(files))
        {
            string section = $"IdentityFederation:IdentityProviders:{way}:";
            settings[$"{section}Organisation"] = "readers";
            settings[$"{section}DisplayName"] = $"Readers by {way}";
            settings[$"{section}ShowOnSignInPage"] = "true";
            settings[$"{section}OpenIdConnect:Authority"] = provider.Issuer;
            settings[$"{section}OpenIdConnect:ClientId"] = way;
            settings[$"{section}OpenIdConnect:{(way is "secret" or "form" ? "ClientSecretFile" : "ClientKeyFile")}"] = file;
            settings[$"{section}OpenIdConnect:ResponseMode"] = way == "form" ? "FormPost" : "Query";
            settings[$"{section}Provisioning:Mode"] = "JustInTime";
            settings[$"{section}Provisioning:AccountsLast"] = "30.00:00:00";
            settings[$"{section}Contexts:0:Value"] = "urn:test:mfa";
            settings[$"{section}Contexts:0:Means"] = "MultiFactor";
            settings[$"{section}Contexts:0:Ask"] = "true";
        }

        host = await IdentityFederationHost.StartAsync(settings: settings);
        using HttpResponseMessage defined = await host.PutAsync(
            "/organisations/readers", new { name = "readers", kind = "reading_group", domains = new[] { "readers.example" } });
        defined.EnsureSuccessStatusCode();
    }

    public async Task DisposeAsync()
    {
        if (host is not null)
        {
            await host.DisposeAsync();
        }

        provider?.Dispose();
        Array.ForEach(files, File.Delete);
    }

    [OfficialEngineFact]
    [Trait("Requirement", "S6")]
    public async Task Somebody_signs_in_with_each_way_in_which_the_service_shows_who_it_is()
    {
        foreach (string way in Ways)
        {
            using HttpClient there = CertifiedProvider.Browser();
            var browser = new SignInBrowser(host!, SignInBrowser.Outside);
            await SignInAsync(browser, there, way, "ada");
            if (way == Ways[0])
            {
                await browser.AcknowledgeAsync();
            }

            browser.Location.ShouldBe("/account", way);
        }

        PersonDirectory.Entry person =
            (await host!.Services.GetRequiredService<PersonDirectory>().FindByIdentityAsync(provider!.Issuer, "ada", default))
            .ShouldNotBeNull();
        (person.Organisation, person.Profile.UserName, person.Profile.DisplayName).ShouldBe(("readers", "ada@readers.example", "Ada L."));
        IReadOnlyList<OpenSession> sessions = host.Services.GetRequiredService<OpenSessions>().Of(person.Id);
        sessions.Count.ShouldBe(Ways.Length);
        sessions.ShouldAllBe(open => open.State.Proof.Context == AuthenticationContexts.MultiFactor
            && open.State.Proof.ProviderSession != null);
    }

    [OfficialEngineFact]
    public async Task Whoever_the_provider_does_not_know_is_told_so()
    {
        using HttpClient there = CertifiedProvider.Browser();
        var browser = new SignInBrowser(host!, SignInBrowser.Outside);
        await SignInAsync(browser, there, "secret", "nobody");
        browser.ShouldBeRefused(HttpStatusCode.Forbidden, "provider_declined");
    }

    [OfficialEngineFact]
    public async Task Whoever_signs_out_there_is_signed_out_here()
    {
        using HttpClient there = CertifiedProvider.Browser();
        var browser = new SignInBrowser(host!, SignInBrowser.Outside);
        await SignInAsync(browser, there, "secret", "bob");
        await browser.AcknowledgeAsync();
        await browser.GetAsync("/account");
        browser.Status.ShouldBe(HttpStatusCode.OK);

        (_, string question) = await provider!.FollowAsync(there, $"{provider.Issuer}/session/end");
        string xsrf = Regex.Match(question, "name=\"xsrf\" value=\"([^\"]+)\"").Groups[1].Value;
        using var yes = new FormUrlEncodedContent([KeyValuePair.Create("xsrf", xsrf), KeyValuePair.Create("logout", "yes")]);
        (await there.PostAsync($"{provider.Issuer}/session/end/confirm", yes)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);

        await Eventually.HoldsAsync(
            async () =>
            {
                await browser.GetAsync("/account");
                return browser.Location.StartsWith("/sign-in", StringComparison.Ordinal);
            },
            "the provider has told us");
    }

    private async Task SignInAsync(SignInBrowser browser, HttpClient there, string way, string person)
    {
        await browser.GetAsync($"/sign-in?login_hint={person}");
        await browser.PostAsync("/sign-in?handler=Provider", ("Provider", way), ("login_hint", person));
        (string? away, string page) = await provider!.FollowAsync(there, browser.Location);
        string callback = $"https://identity.test/sign-in/providers/{way}/callback";
        if (away is not null)
        {
            away.ShouldStartWith(callback);
            await browser.GetAsync(new Uri(away).PathAndQuery);
            return;
        }

        page.ShouldContain($"action=\"{callback}\"");
        await browser.PostWithoutTokenAsync(
            new Uri(callback).AbsolutePath,
            [.. Regex.Matches(page, "name=\"([^\"]+)\" value=\"([^\"]+)\"")
                .Select(field => (field.Groups[1].Value, WebUtility.HtmlDecode(field.Groups[2].Value)))]);
    }

    private JsonObject ClientOf(string way, string file)
    {
        var client = new JsonObject
        {
            ["client_id"] = way, ["redirect_uris"] = new JsonArray($"https://identity.test/sign-in/providers/{way}/callback"),
            ["backchannel_logout_uri"] = $"http://127.0.0.1:{port}/sign-in/providers/{way}/backchannel-logout",
            ["backchannel_logout_session_required"] = true,
        };
        if (way is "secret" or "form")
        {
            string secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
            File.WriteAllText(file, secret);
            client["client_secret"] = secret;
            return client;
        }

        client["token_endpoint_auth_method"] = "private_key_jwt";
        client["jwks"] = new JsonObject { ["keys"] = new JsonArray(way == "key" ? Ecdsa(file) : Certificate(file)) };
        return client;
    }

    private static JsonNode Ecdsa(string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(file, key.ExportPkcs8PrivateKeyPem());
        ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
        string kid = Base64UrlEncoder.Encode(new ECDsaSecurityKey(key).ComputeJwkThumbprint());
        return JsonSerializer.SerializeToNode(new { kty = "EC", crv = "P-256", kid, x = Base64UrlEncoder.Encode(point.X),
            y = Base64UrlEncoder.Encode(point.Y) })!;
    }

    private static JsonNode Certificate(string file)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=accessgov", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        RSAParameters parts = key.ExportParameters(includePrivateParameters: false);
        return JsonSerializer.SerializeToNode(new
        {
            kty = "RSA", n = Base64UrlEncoder.Encode(parts.Modulus), e = Base64UrlEncoder.Encode(parts.Exponent),
            kid = Base64UrlEncoder.Encode(certificate.GetCertHash(HashAlgorithmName.SHA256)),
        })!;
    }
}
