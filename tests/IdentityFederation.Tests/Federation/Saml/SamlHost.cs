using System.IO.Compression;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.Federation.Saml;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.SignIn;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>The service with identity providers: one that is asked, and one at which people may begin.</summary>
public sealed class SamlHost : IAsyncLifetime
{
    public const string Path = "/sign-in/providers/clinic/saml";
    private IdentityFederationHost? host;

    public IdentityFederationHost Host => host!;

    internal MovedClock Clock { get; } = new();

    public async Task InitializeAsync() => host = await IdentityFederationHost.StartAsync(settings: Settings(), clock: Clock);

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>The settings of a host with a provider, and others more.</summary>
    internal static Dictionary<string, string?> Settings(params (string Name, string? Value)[] more)
    {
        string certificate = FileOf(SamlPeer.Certificate.ExportCertificatePem());
        var settings = new Dictionary<string, string?>(SignInBrowser.Settings, StringComparer.Ordinal);
        foreach ((string name, string? value) in new (string Name, string? Value)[]
            {
                ("clinic:Organisation", "hospital"), ("clinic:DisplayName", "Clinic"), ("clinic:Saml:EntityId", SamlPeer.EntityId),
                ("clinic:Saml:SignInUrl", "https://idp.example/sso?tenant=1"), ("clinic:Saml:SignOutUrl", "https://idp.example/slo"),
                ("clinic:Saml:Certificates:0", certificate), ("clinic:Saml:SignRequests", "true"),
                ("clinic:Saml:KeyFile", FileOf(PemOf(SamlPeer.Foreign))),
                ("clinic:Saml:DecryptionKeyFiles:0", FileOf(PemOf(SamlPeer.Foreign))),
                ("clinic:Saml:ContextsAsked:0:When", AuthenticationContexts.MultiFactor),
                ("clinic:Saml:ContextsAsked:0:Ask:0", "urn:two-factors"),
                ("open:Organisation", "hospital"), ("open:DisplayName", "Open"), ("open:Saml:EntityId", SamlPeer.EntityId),
                ("open:Saml:SignInUrl", "https://idp.example/sso"), ("open:Saml:Certificates:0", certificate),
                ("open:Saml:AllowUnsolicited", "true"),

                // Both demand two factors of everybody, so that nobody is asked for one here.
                ("clinic:ContextOtherwise", "MultiFactor"), ("open:ContextOtherwise", "MultiFactor"),
            }.Concat(more))
        {
            bool isWhole = name == "urls" || name.StartsWith("IdentityFederation:", StringComparison.Ordinal);
            settings[isWhole ? name : $"IdentityFederation:IdentityProviders:{name}"] = value;
        }

        return settings;
    }

    internal static string FileOf(string text)
    {
        string file = System.IO.Path.GetTempFileName();
        File.WriteAllText(file, text);
        return file;
    }

    internal static string PemOf(X509Certificate2 own) =>
        $"{own.ExportCertificatePem()}\n{own.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n";

    /// <summary>A person of the hospital who is this subject of the provider.</summary>
    public async Task<string> PersonAsync(string name, bool acknowledged = true)
    {
        string person = await Host.PersonAsync(name);
        using HttpResponseMessage linked = await Host.PostAsync($"/people/{person}/identities",
            new { issuer = SamlPeer.EntityId, subject = $"{name}-1" });
        linked.IsSuccessStatusCode.ShouldBeTrue(await linked.Content.ReadAsStringAsync());
        if (acknowledged)
        {
            await Host.Store.AppendAsync(new StreamAppend(
                Account.Streams.StreamId(person), ExpectedVersion.NoStream, [new LoggingAcknowledged(Clock.GetUtcNow())]));
        }

        return person;
    }

    /// <summary>What the provider would say in answer to a request.</summary>
    internal Said Answering(Asked asked, string name) => new()
    {
        InResponseTo = asked.Request.GetAttribute("ID"), Subject = $"{name}-1", ResponseId = $"_{Guid.NewGuid():n}",
            Now = Clock.GetUtcNow(),
    };

    internal IReadOnlyList<OpenSession> SessionsOf(string person) => Host.Services.GetRequiredService<OpenSessions>().Of(person);
}

/// <summary>A request, as the browser carries it to the provider.</summary>
internal sealed record Asked(XmlElement Request, string RelayState, string Query)
{
    public static async Task<Asked> ByAsync(SignInBrowser browser, string query = "", string path = SamlHost.Path)
    {
        await browser.GetAsync(path + query);
        ((int)browser.Status).ShouldBe(302, browser.Text);
        return Of(browser.Location);
    }

    public static Asked Of(string location)
    {
        var query = QueryHelpers.ParseQuery(new Uri(location).Query);
        return new Asked(Inflated(query["SAMLRequest"].ToString()), query["RelayState"].ToString(), new Uri(location).Query);
    }

    public static XmlElement Inflated(string message)
    {
        using var inflate = new DeflateStream(new MemoryStream(Convert.FromBase64String(message)), CompressionMode.Decompress);
        using var reader = new StreamReader(inflate, Encoding.UTF8);
        return SamlPeer.Document(reader.ReadToEnd()).DocumentElement!;
    }
}

internal static class SamlBrowsing
{
    /// <summary>Carries a response here as a browser does: from the provider's page, and then again from ours.</summary>
    public static async Task AnswerAsync(this SignInBrowser browser, byte[] response, string? relayState, string path = SamlHost.Path)
    {
        await browser.PostWithoutTokenAsync($"{path}/acs", ("SAMLResponse", Convert.ToBase64String(response)),
            ("RelayState", relayState ?? ""));
        ((int)browser.Status).ShouldBe(200, browser.Text);
        Regex.Match(browser.Text, "action=\"([^\"]+)\"").Groups[1].Value.ShouldEndWith($"{path}/acs");
        await browser.PostWithoutTokenAsync(
            $"{path}/acs", ("SAMLResponse", browser.FieldOf("SAMLResponse")), ("RelayState", browser.FieldOf("RelayState")),
            ("again", browser.FieldOf("again")));
    }

    /// <summary>A page that says this code.</summary>
    public static void ShouldShow(this SignInBrowser browser, string code, int status)
    {
        browser.Text.ShouldContain($"Code: {code}.");
        ((int)browser.Status).ShouldBe(status, browser.Text);
        browser.Session.ShouldBeEmpty();
    }
}
