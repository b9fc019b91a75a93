using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using AccessGov.IdentityFederation.Federation;
using AccessGov.IdentityFederation.Federation.Saml;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>What is configured of a provider, and what is read of it.</summary>
public sealed class SamlSettingsTests
{
    private readonly MovedClock clock = new();

    public static TheoryData<string> Pages => ["entra", "okta", "adfs"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_settings_of_the_page_hold(string name)
    {
        string page = File.ReadAllText(WorkingCopy.PathOf("services", "IdentityFederation", "Saml.md"));
        string json = Regex.Matches(page, "```json\n(.*?)```", RegexOptions.Singleline).Select(block => block.Groups[1].Value)
            .Single(block => block.Contains($"\"{name}\"", StringComparison.Ordinal));
        string pem = SamlHost.FileOf(SamlHost.PemOf(SamlPeer.Foreign));
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json.Replace("/run/secrets/saml.pem", pem, StringComparison.Ordinal)));
        var bound = new IdentityProvidersOptions();

        // A setting that is spelled otherwise is no setting.
        new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection(IdentityProvidersOptions.Section)
            .Bind(bound, binder => binder.ErrorOnUnknownConfiguration = true);

        bound.Keys.ShouldBe([name]);
        Faults(bound[name]).ShouldBeEmpty();
        foreach (string end in new[] { "metadata", "acs", "logout" })
        {
            page.ShouldContain($"https://identity.hospital.example{SamlModule.PathOf(name)}/{end}");
        }
    }

    [Fact]
    public void Every_code_is_on_the_page()
    {
        string page = File.ReadAllText(WorkingCopy.PathOf("services", "IdentityFederation", "Saml.md"));
        foreach (string code in SamlRefusals.MalformedCodes.Concat(SamlRefusals.ForbiddenCodes)
            .Append(SamlRefusals.ProviderUnknown.Code).Append(SamlRefusals.ProviderUnavailable.Code))
        {
            page.ShouldContain($"`{code}`");
        }
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "", "" }, { "EntityId", "EntityId" }, { "nothing to go by", "MetadataUrl" }, { "two ways", "MetadataUrl" }, { "http", "SignInUrl" },
        { "fragment", "SignInUrl" }, { "transient", "SubjectAttribute" }, { "signs without a key", "KeyFile" }, { "wants encrypted", "DecryptionKeyFiles" },
        { "no such file", "Certificates" }, { "no certificate", "Certificates" }, { "weak key", "Certificates" }, { "no private key", "KeyFile" },
        { "curve to decrypt with", "DecryptionKeyFiles" }, { "skew", "ClockSkew" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_at_the_start(string mistake, string setting)
    {
        var options = new SamlOptions
        {
            EntityId = SamlPeer.EntityId, SignInUrl = new Uri("https://idp.example/sso"),
            Certificates = [SamlHost.FileOf(SamlPeer.Certificate.ExportCertificatePem())],
        };
        Mistake(options, mistake);

        string[] faults = Faults(new IdentityProviderOptions { Organisation = "hospital", DisplayName = "Clinic", Saml = options });
        faults.ShouldBe(setting.Length == 0 ? [] : [$"Saml:{setting}"]);
    }

    [Fact]
    public async Task Metadata_are_read_again_and_the_keys_change_with_them()
    {
        string file = SamlHost.FileOf(Metadata(SamlPeer.Certificate));
        using SamlProviders providers = Providers(options => options.MetadataFile = file);
        SamlPartner before = await PartnerAsync(providers);
        before.Known.SignInUrl.ShouldBe(new Uri("https://idp.example/redirect"));
        before.Known.SignOutUrl.ShouldBe(new Uri("https://idp.example/done"));
        before.Known.Certificates.ShouldHaveSingleItem().Thumbprint.ShouldBe(SamlPeer.Certificate.Thumbprint);

        File.WriteAllText(file, Metadata(SamlPeer.Certificate, SamlPeer.Foreign));
        (await PartnerAsync(providers)).Known.Certificates.Count.ShouldBe(1);
        clock.Advance(TimeSpan.FromHours(1));
        (await PartnerAsync(providers)).Known.Certificates.Count.ShouldBe(2);

        // What cannot be read leaves what is known as it is, as long as that is good.
        File.WriteAllText(file, "<html/>");
        clock.Advance(TimeSpan.FromHours(1));
        (await PartnerAsync(providers)).Known.Certificates.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Metadata_that_have_run_out_are_worth_nothing()
    {
        string file = SamlHost.FileOf(Metadata(SamlPeer.Certificate).Replace(
            "entityID", $"validUntil=\"{SamlXml.Written(clock.GetUtcNow().AddMinutes(30))}\" entityID", StringComparison.Ordinal));
        using SamlProviders providers = Providers(options => options.MetadataFile = file);
        await PartnerAsync(providers);
        clock.Advance(TimeSpan.FromMinutes(31));
        (await providers.FindAsync("clinic", CancellationToken.None)).Refusal!.Code.ShouldBe("saml_provider_unavailable");
        Refusals.Table.StatusOf("saml_provider_unavailable").ShouldBe(503);
    }

    [Theory]
    [InlineData("unsigned")]
    [InlineData("foreign")]
    [InlineData("other entity")]
    [InlineData("service provider")]
    [InlineData("no key")]
    [InlineData("DTD")]
    public async Task Metadata_that_are_not_the_provider_s_are_not_read(string what)
    {
        string text = Metadata(SamlPeer.Certificate);
        XmlDocument document = SamlPeer.Document(what switch
        {
            "other entity" => text.Replace(SamlPeer.EntityId, "https://other.example/", StringComparison.Ordinal),
            "service provider" => text.Replace("IDPSSODescriptor", "SPSSODescriptor", StringComparison.Ordinal),
            "no key" => text.Replace("signing", "encryption", StringComparison.Ordinal),
            _ => text,
        });
        if (what != "unsigned")
        {
            Sign(document, what == "foreign" ? SamlPeer.Certificate : SamlPeer.Foreign);
        }

        string file = SamlHost.FileOf((what == "DTD" ? "<!DOCTYPE x>" : "") + document.OuterXml);
        string signer = SamlHost.FileOf(SamlPeer.Foreign.ExportCertificatePem());
        using SamlProviders providers = Providers(options => (options.MetadataFile, options.MetadataCertificates) = (file, [signer]));
        (await providers.FindAsync("clinic", CancellationToken.None)).Refusal!.Code.ShouldBe("saml_provider_unavailable");

        // And those that are, are.
        XmlDocument good = SamlPeer.Document(text);
        Sign(good, SamlPeer.Foreign);
        File.WriteAllText(file, good.OuterXml);
        clock.Advance(TimeSpan.FromMinutes(1));
        (await PartnerAsync(providers)).Known.Certificates.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_asked_again_and_we_say_who_we_are_meanwhile()
    {
        string address = $"http://127.0.0.1:{FreePort.Next()}/";
        using SamlProviders providers = Providers(options => options.MetadataUrl = new Uri($"{address}metadata"));
        (await providers.FindAsync("clinic", CancellationToken.None)).Refusal!.Code.ShouldBe("saml_provider_unavailable");
        providers.OwnMetadataOf("clinic")!.ShouldContain(SamlPeer.Consumer);
        using var listener = new HttpListener { Prefixes = { address } };
        listener.Start();
        Task answer = AnswerOnceAsync(listener);
        clock.Advance(TimeSpan.FromMinutes(1));
        await PartnerAsync(providers);
        await answer;
    }

    [Fact]
    public void The_weakest_context_that_will_do_says_what_is_asked()
    {
        var options = new SamlOptions
        {
            ContextsAsked =
            [
                new() { When = AuthenticationContexts.PhishingResistant, Ask = ["key"] },
                new() { When = AuthenticationContexts.MultiFactor, Ask = ["two"] }, new() { Ask = ["any"] },
            ],
        };
        BeginSamlSignIn.ClassesFor(null, options).ShouldBe(["any"]);
        BeginSamlSignIn.ClassesFor(AuthenticationContexts.SingleFactor, options).ShouldBe(["two"]);
        BeginSamlSignIn.ClassesFor(AuthenticationContexts.MultiFactor, options).ShouldBe(["two"]);
        BeginSamlSignIn.ClassesFor(AuthenticationContexts.PhishingResistant, options).ShouldBe(["key"]);
        BeginSamlSignIn.ClassesFor(AuthenticationContexts.PhishingResistant, new SamlOptions()).ShouldBeEmpty();
    }

    private static void Mistake(SamlOptions options, string mistake)
    {
        string own = SamlHost.FileOf(SamlHost.PemOf(SamlPeer.Foreign));
        switch (mistake)
        {
            case "EntityId": options.EntityId = "clinic"; break;
            case "nothing to go by": options.Certificates = []; break;
            case "two ways": options.MetadataUrl = new Uri("https://idp.example/metadata"); break;
            case "http": options.SignInUrl = new Uri("http://idp.example/sso"); break;
            case "fragment": options.SignInUrl = new Uri("https://idp.example/sso#x"); break;
            case "transient": options.NameIdFormat = SamlNames.TransientNameId; break;
            case "signs without a key": options.SignRequests = true; break;
            case "wants encrypted": options.WantAssertionsEncrypted = true; break;
            case "no such file": options.Certificates = ["/nowhere.pem"]; break;
            case "no certificate": options.Certificates = [SamlHost.FileOf("hello")]; break;
            case "weak key": options.Certificates = [SamlHost.FileOf(SamlPeer.NewCertificate(1024).ExportCertificatePem())]; break;
            case "no private key": options.KeyFile = SamlHost.FileOf(SamlPeer.Certificate.ExportCertificatePem()); break;
            case "curve to decrypt with":
                options.DecryptionKeyFiles = [own, SamlHost.FileOf(
                    $"{SamlPeer.Curve.ExportCertificatePem()}\n{SamlPeer.Curve.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}")];
                break;
            case "skew": options.ClockSkew = TimeSpan.FromMinutes(6); break;
        }
    }

    private static string[] Faults(IdentityProviderOptions provider)
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(provider, new ValidationContext(provider), found, validateAllProperties: true);
        return [.. found.Select(result => string.Join(',', result.MemberNames))];
    }

    private SamlProviders Providers(Action<SamlOptions> change)
    {
        var saml = new SamlOptions { EntityId = SamlPeer.EntityId };
        change(saml);
        return new SamlProviders(
            Options.Create(new IdentityProvidersOptions { ["clinic"] = new() { Organisation = "hospital", DisplayName = "Clinic", Saml = saml } }),
            Options.Create(new IdentityFederationOptions { PublicUrl = new Uri("https://identity.test") }), clock, NullLogger<SamlProviders>.Instance);
    }

    private static async Task<SamlPartner> PartnerAsync(SamlProviders providers) =>
        (await providers.FindAsync("clinic", CancellationToken.None)).Partner.ShouldNotBeNull();

    private static async Task AnswerOnceAsync(HttpListener listener)
    {
        HttpListenerContext asked = await listener.GetContextAsync();
        await asked.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Metadata(SamlPeer.Certificate)));
        asked.Response.Close();
    }

    private static string Metadata(params X509Certificate2[] keys) =>
        $"""
        <md:EntityDescriptor xmlns:md="{SamlNames.Metadata}" xmlns:ds="{SamlNames.Signature}" ID="_m" entityID="{SamlPeer.EntityId}">
          <md:IDPSSODescriptor protocolSupportEnumeration="{SamlNames.Protocol}">
            {string.Concat(keys.Select(key => $"<md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>\n{Convert.ToBase64String(key.RawData, Base64FormattingOptions.InsertLineBreaks)}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"))}
            <md:SingleLogoutService Binding="{SamlNames.RedirectBinding}" Location="https://idp.example/slo" ResponseLocation="https://idp.example/done"/>
            <md:SingleSignOnService Binding="{SamlNames.PostBinding}" Location="https://idp.example/post"/>
            <md:SingleSignOnService Binding="{SamlNames.RedirectBinding}" Location="https://idp.example/redirect"/>
          </md:IDPSSODescriptor>
        </md:EntityDescriptor>
        """;

    private static void Sign(XmlDocument metadata, X509Certificate2 key) =>
        SamlPeer.Sign(metadata.DocumentElement!, key, hasIssuer: false);
}
