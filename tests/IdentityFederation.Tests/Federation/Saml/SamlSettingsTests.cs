using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using AccessGov.IdentityFederation.Federation;
using AccessGov.IdentityFederation.Federation.Saml;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.Testing;
using Microsoft.Extensions.Configuration;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>What is configured of a provider.</summary>
public sealed class SamlSettingsTests
{
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
            .Append(FederationRefusals.ProviderUnknown.Code).Append(SamlRefusals.ProviderUnavailable.Code))
        {
            page.ShouldContain($"`{code}`");
        }
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "", "" }, { "EntityId", "EntityId" }, { "nothing to go by", "MetadataUrl" }, { "two ways", "MetadataUrl" },
        { "http", "SignInUrl" },
        { "fragment", "SignInUrl" }, { "transient", "SubjectAttribute" }, { "signs without a key", "KeyFile" },
        { "wants encrypted", "DecryptionKeyFiles" },
        { "no such file", "Certificates" }, { "no certificate", "Certificates" }, { "weak key", "Certificates" },
        { "no private key", "KeyFile" },
        { "curve to decrypt with", "DecryptionKeyFiles" }, { "skew", "ClockSkew" },
        { "asks nothing", "ContextsAsked" }, { "when nobody knows", "ContextsAsked" },
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
            case "asks nothing": options.ContextsAsked = [new()]; break;
            case "when nobody knows": options.ContextsAsked = [new() { When = "two", Ask = ["two"] }]; break;
            case "skew": options.ClockSkew = TimeSpan.FromMinutes(6); break;
        }
    }

    private static string[] Faults(IdentityProviderOptions provider)
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(provider, new ValidationContext(provider), found, validateAllProperties: true);
        return [.. found.Select(result => string.Join(',', result.MemberNames))];
    }
}
