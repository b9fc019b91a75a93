using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml;
using AccessGov.IdentityFederation.Federation;
using AccessGov.IdentityFederation.Federation.Saml;
using AccessGov.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>What a provider's metadata say of it.</summary>
public sealed class SamlMetadataTests
{
    private readonly MovedClock clock = new();

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
        (await providers.FindAsync("clinic", CancellationToken.None)).Refusal!.Code.ShouldBe("provider_unavailable");
        Refusals.Table.StatusOf("provider_unavailable").ShouldBe(503);
    }

    [Theory]
    [InlineData("entityID", "cacheDuration=\"PT30M\"", 29, 31)]
    [InlineData("protocolSupportEnumeration", "cacheDuration=\"PT30M\"", 29, 31)]
    [InlineData("protocolSupportEnumeration", "validUntil", 29, 31)]
    [InlineData("entityID", "", 23 * 60, 25 * 60)]
    public async Task Metadata_that_cannot_be_read_again_count_no_longer_than_they_say_nor_than_a_day(
        string where, string what, int good, int over)
    {
        string says = what == "validUntil" ? $"validUntil=\"{SamlXml.Written(clock.GetUtcNow().AddMinutes(30))}\"" : what;
        string file = SamlHost.FileOf(Metadata(SamlPeer.Certificate).Replace(where, $"{says} {where}", StringComparison.Ordinal));
        using SamlProviders providers = Providers(options => options.MetadataFile = file);
        await PartnerAsync(providers);
        string text = File.ReadAllText(file);
        File.Delete(file);
        clock.Advance(TimeSpan.FromMinutes(good));
        await PartnerAsync(providers);
        clock.Advance(TimeSpan.FromMinutes(over - good));
        (await providers.FindAsync("clinic", CancellationToken.None)).Refusal!.Code.ShouldBe("provider_unavailable");

        // What can be read again counts again, unless it says itself that it is over.
        File.WriteAllText(file, text);
        clock.Advance(TimeSpan.FromMinutes(1));
        (await providers.FindAsync("clinic", CancellationToken.None)).Refusal?.Code
            .ShouldBe(what == "validUntil" ? "provider_unavailable" : null);
    }

    [Fact]
    public async Task Metadata_that_say_what_cannot_be_read_are_not_believed()
    {
        string file = SamlHost.FileOf(
            Metadata(SamlPeer.Certificate).Replace("entityID", "cacheDuration=\"soon\" entityID", StringComparison.Ordinal));
        using SamlProviders providers = Providers(options => options.MetadataFile = file);
        (await providers.FindAsync("clinic", CancellationToken.None)).Refusal!.Code.ShouldBe("provider_unavailable");
    }

    [Fact]
    public void A_key_of_ours_that_was_emptied_is_a_refusal()
    {
        using SamlProviders providers = Providers(options => options.KeyFile = SamlHost.FileOf(""));
        providers.OwnMetadataOf("clinic").Refusal!.Code.ShouldBe("provider_secret_unreadable");
        Refusals.Table.StatusOf("provider_secret_unreadable").ShouldBe(503);
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
        (await providers.FindAsync("clinic", CancellationToken.None)).Refusal!.Code.ShouldBe("provider_unavailable");

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
        (await providers.FindAsync("clinic", CancellationToken.None)).Refusal!.Code.ShouldBe("provider_unavailable");
        providers.OwnMetadataOf("clinic").Metadata!.ShouldContain(SamlPeer.Consumer);
        using var listener = new HttpListener { Prefixes = { address } };
        listener.Start();
        Task answer = AnswerOnceAsync(listener);
        clock.Advance(TimeSpan.FromMinutes(1));
        await PartnerAsync(providers);
        await answer;
    }

    private SamlProviders Providers(Action<SamlOptions> change)
    {
        var saml = new SamlOptions { EntityId = SamlPeer.EntityId };
        change(saml);
        return new SamlProviders(
            Options.Create(new IdentityProvidersOptions
            {
                ["clinic"] = new() { Organisation = "hospital", DisplayName = "Clinic", Saml = saml },
            }),
            Options.Create(new IdentityFederationOptions { PublicUrl = new Uri("https://identity.test") }), clock,
            NullLogger<SamlProviders>.Instance);
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
            {string.Concat(keys.Select(Descriptor))}
            <md:SingleLogoutService Binding="{SamlNames.RedirectBinding}"
              Location="https://idp.example/slo" ResponseLocation="https://idp.example/done"/>
            <md:SingleSignOnService Binding="{SamlNames.PostBinding}" Location="https://idp.example/post"/>
            <md:SingleSignOnService Binding="{SamlNames.RedirectBinding}" Location="https://idp.example/redirect"/>
          </md:IDPSSODescriptor>
        </md:EntityDescriptor>
        """;

    private static string Descriptor(X509Certificate2 key) =>
        $"""
        <md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>
        {Convert.ToBase64String(key.RawData, Base64FormattingOptions.InsertLineBreaks)}
        </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
        """;

    private static void Sign(XmlDocument metadata, X509Certificate2 key) =>
        SamlPeer.Sign(metadata.DocumentElement!, key, hasIssuer: false);
}
