using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml;
using AccessGov.IdentityFederation.Federation.Saml;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.SignIn;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>The provider says that somebody has signed out there.</summary>
public sealed class SamlLogoutTests(SamlHost running) : IClassFixture<SamlHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [Theory]
    [InlineData("query")]
    [InlineData("form")]
    public async Task Their_sessions_end_and_nobody_else_s_and_the_provider_is_told(string way)
    {
        string person = await SignedInAsync($"leaver-{way}");
        string other = await SignedInAsync($"stayer-{way}");
        string session = running.SessionsOf(person).ShouldHaveSingleItem().Id;
        string request = Request($"leaver-{way}-1", "s1");
        var browser = new SignInBrowser(host);
        await (way == "query" ? QueryAsync(browser, request, SamlPeer.Certificate, "state 1") : FormAsync(browser, request, "state 1"));

        ((int)browser.Status).ShouldBe(way == "query" ? 302 : 303, browser.Text);
        browser.Location.ShouldStartWith("https://idp.example/slo?SAMLResponse=");
        var query = QueryHelpers.ParseQuery(new Uri(browser.Location).Query);
        XmlElement response = Asked.Inflated(query["SAMLResponse"].ToString());
        response.GetAttribute("InResponseTo").ShouldBe(SamlPeer.Document(request).DocumentElement!.GetAttribute("ID"));
        response["Status", SamlNames.Protocol]!["StatusCode", SamlNames.Protocol]!.GetAttribute("Value").ShouldBe(SamlNames.Success);
        query["RelayState"].ToString().ShouldBe("state 1");
        query["Signature"].ToString().ShouldNotBeEmpty();
        running.SessionsOf(person).ShouldBeEmpty();
        running.SessionsOf(other).ShouldHaveSingleItem();
        ((SessionEnded)(await host.Store.LoadAsync(Session.Streams.StreamId(session))).Events[^1].Data).Cause
            .ShouldBe(SessionEnds.ProviderSignedOut);

        // The same request again ends nothing that began since.
        await SignInAsync($"leaver-{way}");
        await (way == "query" ? QueryAsync(browser, request, SamlPeer.Certificate, "state 1") : FormAsync(browser, request, "state 1"));
        browser.ShouldShow("saml_replayed", 403);
        running.SessionsOf(person).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Without_an_index_all_of_their_sessions_end_and_with_another_one_none()
    {
        string person = await SignedInAsync("many");
        await SignInAsync("many");
        var browser = new SignInBrowser(host);
        await QueryAsync(browser, Request("many-1", "s2"), SamlPeer.Certificate);
        running.SessionsOf(person).Count.ShouldBe(2);
        await QueryAsync(browser, Request("many-1", null), SamlPeer.Certificate);
        running.SessionsOf(person).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("s1", "s1", true)]
    [InlineData("s1", null, true)]
    [InlineData(null, "s7", true)]
    [InlineData("s1", "s7", false)]
    public async Task A_sign_in_that_is_half_done_when_the_provider_ends_it_leads_to_no_session(string? begun, string? ended, bool isOver)
    {
        string name = $"half-{begun}-{ended}";
        string person = await running.PersonAsync(name, acknowledged: false);
        await using IdentityFederationHost replica = await host.BesideAsync();
        SignInBrowser browser = await HalfInAsync(name, begun);
        await QueryAsync(new SignInBrowser(replica), Request($"{name}-1", ended), SamlPeer.Certificate);
        await browser.FollowAsync();
        await browser.PostAsync("/sign-in/acknowledgement");

        running.SessionsOf(person).Count.ShouldBe(isOver ? 0 : 1);
        if (isOver)
        {
            browser.Text.ShouldContain("<code>provider_signed_out</code>");
            ((int)browser.Status).ShouldBe(403);
            browser.Session.ShouldBeEmpty();

            // Whoever signs in there since then comes in.
            running.Clock.Advance(TimeSpan.FromSeconds(1));
            await SignInAsync(name);
            running.SessionsOf(person).ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task A_session_whose_index_the_provider_did_not_tell_ends_with_any_of_theirs()
    {
        string person = await running.PersonAsync("no-index");
        await HalfInAsync("no-index", null);
        running.SessionsOf(person).ShouldHaveSingleItem();
        await QueryAsync(new SignInBrowser(host), Request("no-index-1", "s9"), SamlPeer.Certificate);
        running.SessionsOf(person).ShouldBeEmpty();
    }

    /// <summary>It failed open once: what was marked as used before it had done its work could not come again.</summary>
    [Fact]
    public async Task A_request_that_could_not_do_its_work_may_come_again()
    {
        string person = await SignedInAsync("again");
        string request = Request("again-1", "s1");
        var browser = new SignInBrowser(host);
        await host.LetNoSessionEndAsync();
        await QueryAsync(browser, request, SamlPeer.Certificate);
        ((int)browser.Status).ShouldBeGreaterThanOrEqualTo(500);
        await host.LetSessionsEndAsync();
        running.SessionsOf(person).ShouldHaveSingleItem();

        await QueryAsync(browser, request, SamlPeer.Certificate);
        browser.Location.ShouldStartWith("https://idp.example/slo?SAMLResponse=", customMessage: browser.Text);
        running.SessionsOf(person).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("unsigned", "saml_unsigned", 403)]
    [InlineData("unsigned form", "saml_unsigned", 403)]
    [InlineData("foreign key", "saml_signature_wrong", 403)]
    [InlineData("foreign key in a form", "saml_signature_wrong", 403)]
    [InlineData("weak", "saml_signature_unsupported", 403)]
    [InlineData("other state", "saml_signature_wrong", 403)]
    [InlineData("old", "saml_expired", 403)]
    [InlineData("early", "saml_not_yet_valid", 403)]
    [InlineData("elsewhere", "saml_destination_wrong", 403)]
    [InlineData("issuer", "saml_issuer_wrong", 403)]
    [InlineData("bomb", "saml_malformed", 400)]
    [InlineData("repeated", "saml_malformed", 400)]
    [InlineData("nothing", "saml_malformed", 400)]
    [InlineData("wrapped", "saml_wrapped", 400)]
    public async Task Nobody_else_ends_sessions(string attack, string code, int status)
    {
        string name = $"target-{attack.Replace(' ', '-')}";
        string person = await SignedInAsync(name);
        string request = attack switch
        {
            "old" => Request($"{name}-1", "s1", running.Clock.GetUtcNow().AddMinutes(-8)),
            "early" => Request($"{name}-1", "s1", running.Clock.GetUtcNow().AddMinutes(3)),
            "elsewhere" => Request($"{name}-1", "s1").Replace(SamlPeer.SignOut, "https://elsewhere.test/", StringComparison.Ordinal),
            "issuer" => Request($"{name}-1", "s1").Replace(SamlPeer.EntityId, "https://evil.example/", StringComparison.Ordinal),
            "bomb" => Request($"{name}-1", new string('s', 2_000_000)),
            "wrapped" => Request($"{name}-1", "s1")
                .Replace("</samlp:LogoutRequest>", "<samlp:LogoutRequest/></samlp:LogoutRequest>", StringComparison.Ordinal),
            _ => Request($"{name}-1", "s1"),
        };
        var browser = new SignInBrowser(host);
        await (attack switch
        {
            "unsigned" => browser.GetAsync($"{SamlHost.Path}/logout?SAMLRequest={Deflated(request)}"),
            "unsigned form" => FormAsync(browser, request, null, sign: false),
            "foreign key" => QueryAsync(browser, request, SamlPeer.Foreign),
            "foreign key in a form" => FormAsync(browser, request, null, key: SamlPeer.Foreign),
            "weak" => ChangedAsync(browser, request, "more%23rsa-sha256", "more%23hmac-sha256"),
            "other state" => ChangedAsync(browser, request, "RelayState=one", "RelayState=two"),
            "repeated" => ChangedAsync(browser, request, "&SigAlg=", $"&SAMLRequest={Deflated(request)}&SigAlg="),
            "nothing" => browser.GetAsync($"{SamlHost.Path}/logout"),
            _ => QueryAsync(browser, request, SamlPeer.Certificate),
        });

        browser.ShouldShow(code, status);
        running.SessionsOf(person).ShouldHaveSingleItem();
    }

    private async Task<string> SignedInAsync(string name)
    {
        string person = await running.PersonAsync(name);
        await SignInAsync(name);
        return person;
    }

    private async Task SignInAsync(string name)
    {
        SignInBrowser browser = await HalfInAsync(name, "s1");
        if (browser.Location == "/sign-in/acknowledgement")
        {
            await browser.AcknowledgeAsync();
        }

        browser.Location.ShouldBe("/account", browser.Text);
    }

    private async Task<SignInBrowser> HalfInAsync(string name, string? session)
    {
        var browser = new SignInBrowser(host);
        Asked asked = await Asked.ByAsync(browser);
        Said said = running.Answering(asked, name);
        said.SessionIndex = session;
        await browser.AnswerAsync(said.Signed(), asked.RelayState);
        ((int)browser.Status).ShouldBe(302, browser.Text);
        return browser;
    }

    private string Request(string nameId, string? session, DateTimeOffset? at = null) =>
        $"""
        <samlp:LogoutRequest xmlns:samlp="{SamlNames.Protocol}" xmlns:saml="{SamlNames.Assertion}" ID="_{Guid.NewGuid():n}" Version="2.0"
          IssueInstant="{SamlXml.Written(at ?? running.Clock.GetUtcNow())}" Destination="{SamlPeer.SignOut}">
          <saml:Issuer>{SamlPeer.EntityId}</saml:Issuer><saml:NameID Format="{SamlNames.PersistentNameId}">{nameId}</saml:NameID>
          {(session is null ? "" : $"<samlp:SessionIndex>{session}</samlp:SessionIndex>")}
        </samlp:LogoutRequest>
        """;

    private static Task QueryAsync(SignInBrowser browser, string request, X509Certificate2 key, string? relayState = null) =>
        browser.GetAsync($"{SamlHost.Path}/logout{Signed(request, key, relayState)}");

    /// <summary>Something in the query is another one since it was signed.</summary>
    private static Task ChangedAsync(SignInBrowser browser, string request, string before, string after) => browser.GetAsync(
        $"{SamlHost.Path}/logout{Signed(request, SamlPeer.Certificate, "one").Replace(before, after, StringComparison.Ordinal)}");

    private static async Task FormAsync(SignInBrowser browser, string request, string? relayState, bool sign = true,
        X509Certificate2? key = null)
    {
        XmlDocument document = SamlPeer.Document(request);
        if (sign)
        {
            SamlPeer.Sign(document.DocumentElement!, key);
        }

        await browser.PostWithoutTokenAsync(
            $"{SamlHost.Path}/logout", ("SAMLRequest", Convert.ToBase64String(SamlPeer.Bytes(document))), ("RelayState", relayState ?? ""));
    }

    private static string Signed(string request, X509Certificate2 own, string? relayState)
    {
        string signed = $"SAMLRequest={Deflated(request)}{(relayState is null ? "" : $"&RelayState={Uri.EscapeDataString(relayState)}")}"
            + $"&SigAlg={Uri.EscapeDataString(SamlPeer.RsaSha256)}";
        using RSA key = own.GetRSAPrivateKey()!;
        byte[] value = key.SignData(Encoding.UTF8.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"?{signed}&Signature={Uri.EscapeDataString(Convert.ToBase64String(value))}";
    }

    private static string Deflated(string xml)
    {
        using var bytes = new MemoryStream();
        using (var deflate = new DeflateStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(Encoding.UTF8.GetBytes(xml));
        }

        return Uri.EscapeDataString(Convert.ToBase64String(bytes.ToArray()));
    }
}
