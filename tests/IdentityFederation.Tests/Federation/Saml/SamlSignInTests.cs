using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using AccessGov.IdentityFederation.Federation.Saml;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.SignIn;
using AccessGov.Testing;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>Signing in through a provider that speaks SAML, as browsers do.</summary>
public sealed class SamlSignInTests(SamlHost running) : IClassFixture<SamlHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [Fact]
    public async Task Somebody_is_sent_to_the_provider_and_comes_back_signed_in()
    {
        string person = await running.PersonAsync("ada");
        var browser = new SignInBrowser(host);
        Asked asked = await Asked.ByAsync(browser, "?returnUrl=%2Faccount%3Fdone%3Dapp");

        browser.Location.ShouldStartWith("https://idp.example/sso?tenant=1&SAMLRequest=");
        asked.Request.GetAttribute("Destination").ShouldBe("https://idp.example/sso?tenant=1");
        asked.Request.GetAttribute("AssertionConsumerServiceURL").ShouldBe(SamlPeer.Consumer);
        asked.Request.GetAttribute("ForceAuthn").ShouldBeEmpty();
        asked.Request["Issuer", SamlNames.Assertion]!.InnerText.ShouldBe(SamlPeer.OwnEntityId);
        asked.Request["NameIDPolicy", SamlNames.Protocol]!.GetAttribute("Format").ShouldBe(SamlNames.PersistentNameId);
        asked.Request["RequestedAuthnContext", SamlNames.Protocol].ShouldBeNull();
        SignatureHolds(asked.Query).ShouldBeTrue();
        await browser.AnswerAsync(running.Answering(asked, "ada").Signed(), asked.RelayState);

        browser.Location.ShouldBe("/account?done=app", browser.Text);
        OpenSession session = running.SessionsOf(person).ShouldHaveSingleItem();
        session.State.Proof.Provider.ShouldBe(SamlPeer.EntityId);
        session.State.Proof.ProviderSession.ShouldBe(SamlAssertion.ProviderSession("ada-1", "s1"));
        browser.Cookies.Keys.ShouldNotContain(name => name.Contains("saml", StringComparison.Ordinal), "the request is answered");
        await browser.GetAsync("/account");
        browser.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_a_sign_in_is_to_be_is_asked_of_the_provider()
    {
        var browser = new SignInBrowser(host);
        string multiFactor = Uri.EscapeDataString(AuthenticationContexts.MultiFactor);
        Asked asked = await Asked.ByAsync(browser, $"?prompt=login&acr_values={multiFactor}");
        asked.Request.GetAttribute("ForceAuthn").ShouldBe("true");
        XmlElement contexts = asked.Request["RequestedAuthnContext", SamlNames.Protocol]!;
        contexts.GetAttribute("Comparison").ShouldBe("exact");
        contexts["AuthnContextClassRef", SamlNames.Assertion]!.InnerText.ShouldBe("urn:two-factors");
        (await Asked.ByAsync(browser, "?max_age=60")).Request.GetAttribute("ForceAuthn").ShouldBe("true");

        // It is not believed when it has not asked.
        await running.PersonAsync("fresh");
        Said said = running.Answering(asked, "fresh");
        said.AuthenticatedAt = running.Clock.GetUtcNow().AddMinutes(-10);
        await browser.AnswerAsync(said.Signed(), asked.RelayState);
        browser.ShouldShow("saml_authentication_old", 403);
    }

    [Fact]
    public async Task Nobody_is_signed_in_as_somebody_else_with_an_answer_to_another_browser()
    {
        await running.PersonAsync("mallory");
        var attacker = new SignInBrowser(host);
        Asked asked = await Asked.ByAsync(attacker);
        byte[] answer = running.Answering(asked, "mallory").Signed();
        var victim = new SignInBrowser(host);
        Asked own = await Asked.ByAsync(victim);

        await victim.AnswerAsync(answer, asked.RelayState);
        victim.ShouldShow("saml_request_unknown", 403);
        await victim.AnswerAsync(answer, own.RelayState);
        victim.ShouldShow("saml_request_unknown", 403);
        await victim.AnswerAsync(answer, null);
        victim.ShouldShow("saml_request_unknown", 403);

        // Another site's form that says it is ours comes without cookies.
        await victim.PostWithoutTokenAsync(
            $"{SamlHost.Path}/acs", ("SAMLResponse", Convert.ToBase64String(answer)), ("RelayState", asked.RelayState), ("again", "yes"));
        victim.ShouldShow("saml_request_unknown", 403);
        await attacker.AnswerAsync(answer, asked.RelayState);
        attacker.Location.ShouldBe("/account");
    }

    [Fact]
    public async Task A_form_of_another_site_does_nothing_but_be_sent_again_from_ours()
    {
        await running.PersonAsync("strict");
        var browser = new SignInBrowser(host);
        Asked asked = await Asked.ByAsync(browser);
        browser.Answer.Headers.GetValues("Set-Cookie").Single(cookie => cookie.Contains("saml", StringComparison.Ordinal))
            .ShouldContain("samesite=strict");
        byte[] answer = running.Answering(asked, "strict").Signed();
        await new SignInBrowser(host).PostWithoutTokenAsync(
            $"{SamlHost.Path}/acs", ("SAMLResponse", Convert.ToBase64String(answer)), ("RelayState", "\"><script>alert(1)</script>"));

        var without = new SignInBrowser(host);
        await without.PostWithoutTokenAsync($"{SamlHost.Path}/acs", ("SAMLResponse", "\"><script>"), ("RelayState", "'\"><script>"));
        without.Text.ShouldNotContain("\"><script>");
        without.Cookies.ShouldBeEmpty();
        string policy = without.Answer.Headers.GetValues("Content-Security-Policy").Single();
        string script = Regex.Match(without.Text, "<script>(.*)</script>").Groups[1].Value;
        policy.ShouldContain($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'");
        await browser.AnswerAsync(answer, asked.RelayState);
        browser.Location.ShouldBe("/account");
    }

    [Fact]
    public async Task An_answer_is_taken_once_on_all_replicas()
    {
        await running.PersonAsync("once");
        await using IdentityFederationHost replica = await host.BesideAsync();
        var browser = new SignInBrowser(host);
        Asked asked = await Asked.ByAsync(browser);
        byte[] answer = running.Answering(asked, "once").Signed();
        var there = new SignInBrowser(replica) { Cookies = new(browser.Cookies, StringComparer.Ordinal) };

        await there.AnswerAsync(answer, asked.RelayState);
        there.Location.ShouldBe("/account", there.Text);
        await browser.AnswerAsync(answer, asked.RelayState);
        browser.ShouldShow("saml_request_unknown", 403);

        // Where nobody asked, it is the assertion that is remembered.
        byte[] unasked = new Said
        {
            InResponseTo = null, Subject = "once-1", Now = running.Clock.GetUtcNow(), Recipient = OpenUrl("acs"),
            Destination = OpenUrl("acs"), Audience = OpenUrl("metadata"),
        }.Signed();
        var first = new SignInBrowser(host);
        await first.AnswerAsync(unasked, null, "/sign-in/providers/open/saml");
        first.Location.ShouldBe("/account");
        var second = new SignInBrowser(replica);
        await second.AnswerAsync(unasked, null, "/sign-in/providers/open/saml");
        second.ShouldShow("saml_replayed", 403);
    }

    [Fact]
    public async Task A_request_is_answered_within_a_quarter_of_an_hour()
    {
        await running.PersonAsync("slow");
        var browser = new SignInBrowser(host);
        Asked asked = await Asked.ByAsync(browser);
        running.Clock.Advance(SentRequests.Lasts);
        await browser.AnswerAsync(running.Answering(asked, "slow").Signed(), asked.RelayState);
        browser.ShouldShow("saml_request_unknown", 403);
    }

    [Fact]
    public async Task Whoever_is_nobody_here_or_kept_out_does_not_come_in()
    {
        string person = await running.PersonAsync("kept-out");
        (await host.PostAsync($"/people/{person}/suspend", new { reason = "alert" })).IsSuccessStatusCode.ShouldBeTrue();
        foreach ((string name, string code) in new[] { ("kept-out", "sign_in_refused"), ("nobody", "person_not_provisioned") })
        {
            var browser = new SignInBrowser(host);
            Asked asked = await Asked.ByAsync(browser);
            await browser.AnswerAsync(running.Answering(asked, name).Signed(), asked.RelayState);
            browser.ShouldShow(code, 403);
        }
    }

    [Fact]
    public async Task An_answer_that_is_none_leads_nowhere()
    {
        var browser = new SignInBrowser(host);
        Asked asked = await Asked.ByAsync(browser);
        XmlDocument wrapped = running.Answering(asked, "ada").Document();
        SamlPeer.Sign(SamlPeer.AssertionOf(wrapped));
        wrapped.DocumentElement!.AppendChild(SamlPeer.AssertionOf(wrapped).CloneNode(deep: true));
        await browser.AnswerAsync(SamlPeer.Bytes(wrapped), asked.RelayState);
        browser.ShouldShow("saml_wrapped", 400);
        await browser.PostWithoutTokenAsync($"{SamlHost.Path}/acs", ("SAMLResponse", "%%%"), ("again", "yes"));
        browser.ShouldShow("saml_malformed", 400);
        await browser.PostWithoutTokenAsync($"{SamlHost.Path}/acs");
        browser.ShouldShow("saml_malformed", 400);
        using var large = new HttpRequestMessage(HttpMethod.Post, $"{SamlHost.Path}/acs")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("SAMLResponse", new string('A', 10 * 1024 * 1024))]),
        };
        large.Headers.ExpectContinue = true;
        using HttpResponseMessage tooLarge = await host.Client.SendAsync(large);
        tooLarge.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        await browser.GetAsync("/sign-in/providers/other/saml");
        browser.ShouldShow("provider_unknown", 404);
        await browser.GetAsync("/sign-in/providers/other/saml/metadata");
        browser.ShouldShow("provider_unknown", 404);
    }

    [Theory]
    [InlineData("https://evil.example/", "led-a")]
    [InlineData("//evil.example/", "led-b")]
    [InlineData("/\\evil.example/", "led-c")]
    public async Task Nobody_is_led_elsewhere_in_the_end(string url, string name)
    {
        await running.PersonAsync(name);
        var browser = new SignInBrowser(host);
        Asked asked = await Asked.ByAsync(browser, $"?returnUrl={Uri.EscapeDataString(url)}");
        await browser.AnswerAsync(running.Answering(asked, name).Signed(), asked.RelayState);
        browser.Location.ShouldBe("/account");
    }

    [Fact]
    public async Task The_metadata_say_who_we_are()
    {
        using HttpResponseMessage answer = await host.Client.GetAsync($"{SamlHost.Path}/metadata");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/samlmetadata+xml");
        XmlElement entity = SamlPeer.Document(await answer.Content.ReadAsStringAsync()).DocumentElement!;
        entity.GetAttribute("entityID").ShouldBe(SamlPeer.OwnEntityId);
        XmlElement[] parts = [.. entity["SPSSODescriptor", SamlNames.Metadata]!.ChildNodes.OfType<XmlElement>()];
        parts.Select(part => $"{part.LocalName} {part.GetAttribute("use")}{part.GetAttribute("Location")}").ShouldBe(
        [
            "KeyDescriptor signing", "KeyDescriptor encryption", $"SingleLogoutService {SamlPeer.SignOut}",
            $"SingleLogoutService {SamlPeer.SignOut}",
            "NameIDFormat ", $"AssertionConsumerService {SamlPeer.Consumer}",
        ]);
        parts[0].InnerText.ShouldBe(Convert.ToBase64String(SamlPeer.Foreign.RawData));
    }

    private static string OpenUrl(string end) => $"https://identity.test/sign-in/providers/open/saml/{end}";

    private static bool SignatureHolds(string query)
    {
        int end = query.IndexOf("&Signature=", StringComparison.Ordinal);
        using RSA key = SamlPeer.Foreign.GetRSAPublicKey()!;
        return key.VerifyData(
            Encoding.UTF8.GetBytes(query[(query.IndexOf("SAMLRequest=", StringComparison.Ordinal))..end]),
            Convert.FromBase64String(Uri.UnescapeDataString(query[(end + "&Signature=".Length)..])), HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1);
    }
}
