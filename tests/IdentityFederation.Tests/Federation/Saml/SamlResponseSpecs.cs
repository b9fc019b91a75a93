using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using AccessGov.IdentityFederation.Federation;
using AccessGov.IdentityFederation.Federation.Saml;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>What is believed of a response, and why it is not.</summary>
public sealed class SamlResponseSpecs
{
    private static readonly DateTimeOffset Now = Spec.Now;
    private static readonly SentRequest Request = new("_request", Spec.Now.AddMinutes(-1), Fresh: false);

    public static TheoryData<bool, bool> Ways => new() { { true, false }, { false, true }, { true, true } };

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_signed_assertion_or_response_says_who_it_is(bool assertion, bool response)
    {
        var said = new Said();
        SamlReading.Believed believed = Read(said.Signed(assertion, response)).ShouldBeOfType<SamlReading.Believed>();

        believed.AssertionId.ShouldBe(said.AssertionId);
        believed.GoodUntil.ShouldBe(Now.AddMinutes(5));
        AssertedIdentity identity = believed.Identity;
        (identity.Provider, identity.Issuer, identity.Subject, identity.AuthenticatedAt)
            .ShouldBe(("clinic", SamlPeer.EntityId, "ada-1", Now));
        identity.Claims["groups"].ShouldBe(["readers", "night"]);
        identity.Contexts.ShouldBe(["urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"]);
        identity.ProviderSession.ShouldBe(SamlAssertion.ProviderSession("ada-1", "s1"));
        identity.ProviderSession!.ShouldNotContain("ada");
    }

    [Fact]
    public void A_signature_with_an_elliptic_curve_holds()
    {
        XmlDocument document = new Said().Document();
        SamlPeer.SignWithCurve(SamlPeer.AssertionOf(document));

        Read(SamlPeer.Bytes(document), certificates: [SamlPeer.Certificate, SamlPeer.Curve]).ShouldBeOfType<SamlReading.Believed>();
        Read(SamlPeer.Bytes(document)).ShouldBeRefused("saml_signature_wrong", 403);
    }

    [Theory]
    [InlineData("xs")]
    [InlineData("#default xs nowhere")]
    public void Namespaces_that_only_values_use_are_signed_along(string prefixes)
    {
        XmlDocument document = new Said().Document();
        SamlPeer.Sign(SamlPeer.AssertionOf(document), change: (_, reference) =>
            ((XmlDsigExcC14NTransform)reference.TransformChain[1]).InclusiveNamespacesPrefixList = prefixes);

        Read(SamlPeer.Bytes(document)).ShouldBeOfType<SamlReading.Believed>();
    }

    [Fact]
    public void The_next_key_of_the_provider_is_as_good_as_the_present_one() =>
        Read(new Said().Signed(), certificates: [SamlPeer.Foreign, SamlPeer.Certificate]).ShouldBeOfType<SamlReading.Believed>();

    [Fact]
    public void An_attribute_can_be_the_subject()
    {
        byte[] xml = new Said { Format = SamlNames.TransientNameId }.Signed();
        Read(xml, options => options.SubjectAttribute = "oid").ShouldBeOfType<SamlReading.Believed>().Identity.Subject.ShouldBe("o-1");
        Read(xml, options => options.SubjectAttribute = "groups").ShouldBeRefused("saml_subject_unusable", 403);
        Read(xml, options => options.SubjectAttribute = "mail").ShouldBeRefused("saml_subject_unusable", 403);
    }

    [Fact]
    public void Microsoft_s_way_of_saying_how_somebody_signed_in_is_heard() =>
        Read(new Said { ClaimName = SamlNames.MicrosoftMethods }.Signed()).ShouldBeOfType<SamlReading.Believed>().Identity.Contexts
            .ShouldBe(["urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", "readers", "night"]);

    [Fact]
    public void Qualifiers_that_name_both_sides_say_nothing_new() =>
        Read(new Said { Qualifiers = $" NameQualifier=\"{SamlPeer.EntityId}\" SPNameQualifier=\"{SamlPeer.OwnEntityId}\"" }.Signed())
            .ShouldBeOfType<SamlReading.Believed>();

    [Fact]
    public void Whoever_may_begin_at_the_provider_is_believed_without_a_request()
    {
        byte[] xml = new Said { InResponseTo = null }.Signed();
        SamlResponses.Read(xml, SamlPeer.Expectation(null, options => options.AllowUnsolicited = true), Now)
            .ShouldBeOfType<SamlReading.Believed>();
        SamlResponses.Read(xml, SamlPeer.Expectation(null), Now).ShouldBeRefused("saml_unsolicited", 403);

        // What answers a request answers one of this browser.
        SamlResponses.Read(new Said().Signed(), SamlPeer.Expectation(null, options => options.AllowUnsolicited = true), Now)
            .ShouldBeRefused("saml_request_unknown", 403);
    }

    [Fact]
    public void Restrictions_that_all_name_us_are_met() =>
        Read(new Said { Conditions = Meant(SamlPeer.OwnEntityId) }.Signed()).ShouldBeOfType<SamlReading.Believed>();

    public static TheoryData<string, string> Sayings => new()
    {
        { "issuer", "saml_issuer_wrong" }, { "destination", "saml_destination_wrong" }, { "recipient", "saml_recipient_wrong" },
        { "audience", "saml_audience_wrong" }, { "one audience of two", "saml_audience_wrong" },
        { "other request", "saml_request_unknown" }, { "no request", "saml_request_unknown" },
        { "not yet", "saml_not_yet_valid" }, { "conditions over", "saml_expired" }, { "confirmation over", "saml_expired" },
        { "session over", "saml_expired" }, { "session over now", "saml_expired" },
        { "signed in later", "saml_not_yet_valid" }, { "issued later", "saml_not_yet_valid" },
        { "for two days", "saml_lasts_too_long" }, { "transient", "saml_subject_unusable" }, { "e-mail", "saml_subject_unusable" },
        { "nobody", "saml_subject_unusable" }, { "of another", "saml_subject_unusable" }, { "for another", "saml_subject_unusable" },
        { "no context", "saml_no_authn_context" }, { "denied", "saml_request_denied" }, { "not signed in", "saml_authn_failed" },
        { "fault", "saml_failed" }, { "condition", "saml_malformed" }, { "holder of key", "saml_malformed" },
    };

    [Theory]
    [MemberData(nameof(Sayings))]
    public void What_is_signed_and_not_for_us_or_not_for_now_is_refused(string saying, string code)
    {
        var said = new Said();
        Change(said, saying);
        Read(said.Signed(assertion: true, response: saying == "destination")).ShouldBeRefused(code, code == "saml_malformed" ? 400 : 403);
    }

    [Fact]
    public void A_clock_may_differ_by_two_minutes_and_no_more()
    {
        byte[] xml = new Said { ConfirmedUntil = Now.AddMinutes(-2).AddSeconds(1), NotBefore = Now.AddMinutes(2) }.Signed();
        Read(xml).ShouldBeOfType<SamlReading.Believed>();
        SamlResponses.Read(xml, SamlPeer.Expectation(Request), Now.AddSeconds(2)).ShouldBeRefused("saml_expired", 403);
        SamlResponses.Read(xml, SamlPeer.Expectation(Request), Now.AddSeconds(-1)).ShouldBeRefused("saml_not_yet_valid", 403);
    }

    [Fact]
    public void Whoever_was_to_be_asked_again_was_asked()
    {
        SentRequest fresh = Request with { Fresh = true };
        SamlResponses.Read(new Said().Signed(), SamlPeer.Expectation(fresh), Now).ShouldBeOfType<SamlReading.Believed>();
        SamlResponses.Read(new Said { AuthenticatedAt = Now.AddMinutes(-4) }.Signed(), SamlPeer.Expectation(fresh), Now)
            .ShouldBeRefused("saml_authentication_old", 403);
        SamlResponses.Read(new Said { AuthenticatedAt = Now.AddMinutes(-4) }.Signed(), SamlPeer.Expectation(Request), Now)
            .ShouldBeOfType<SamlReading.Believed>();
    }

    [Theory]
    [InlineData(true, -170, 0)]
    [InlineData(false, -30, 0)]
    [InlineData(false, 60, 0)]
    [InlineData(false, -170, -170)]
    public void Whoever_was_asked_on_this_way_was_asked_now_whatever_the_provider_s_clock_says(bool fresh, int said, int counts)
    {
        byte[] xml = new Said { AuthenticatedAt = Now.AddSeconds(said) }.Signed();
        SamlResponses.Read(xml, SamlPeer.Expectation(Request with { Fresh = fresh }), Now).ShouldBeOfType<SamlReading.Believed>()
            .Identity.AuthenticatedAt.ShouldBe(Now.AddSeconds(counts));
    }

    [Fact]
    public void Whom_the_provider_could_not_sign_out_it_does_not_sign_in()
    {
        byte[] xml = new Said { HasNameId = false }.Signed();
        Read(xml, options => options.SubjectAttribute = "oid").ShouldBeRefused("saml_name_id_missing", 403);
        Read(new Said { Subject = "" }.Signed(), options => options.SubjectAttribute = "oid").ShouldBeRefused("saml_name_id_missing", 403);
    }

    [Theory]
    [InlineData(-300, -60)]
    [InlineData(-30, -30)]
    [InlineData(30, 0)]
    public void When_it_was_said_is_after_it_was_asked_for_and_before_it_came(int issued, int counts)
    {
        byte[] xml = new Said
        {
            Now = Now.AddSeconds(issued), NotBefore = Now, AuthenticatedAt = Now, ConfirmedUntil = Now.AddMinutes(1),
        }.Signed();
        Read(xml).ShouldBeOfType<SamlReading.Believed>().Identity.Statement.At.ShouldBe(Now.AddSeconds(counts));
    }

    [Fact]
    public void A_destination_may_be_left_out_only_where_the_response_is_not_signed()
    {
        Read(new Said { Destination = null }.Signed()).ShouldBeOfType<SamlReading.Believed>();
        Read(new Said { Destination = null }.Signed(response: true)).ShouldBeRefused("saml_destination_wrong", 403);
    }

    private static void Change(Said said, string saying)
    {
        switch (saying)
        {
            case "issuer": said.Issuer = "https://evil.example/saml"; break;
            case "destination": said.Destination = "https://elsewhere.test/acs"; break;
            case "recipient": said.Recipient = "https://elsewhere.test/acs"; break;
            case "audience": said.Audience = "https://elsewhere.test/metadata"; break;
            case "one audience of two": said.Conditions = Meant("https://elsewhere.test/metadata"); break;
            case "other request": said.InResponseTo = "_another"; break;
            case "no request": said.InResponseTo = null; break;
            case "not yet": said.NotBefore = Now.AddMinutes(3); break;
            case "conditions over": said.NotOnOrAfter = Now.AddMinutes(-2); break;
            case "confirmation over": said.ConfirmedUntil = Now.AddMinutes(-2); break;
            case "session over": said.SessionEndsAt = Now.AddMinutes(-3); break;
            case "session over now": said.SessionEndsAt = Now; break;
            case "signed in later": said.AuthenticatedAt = Now.AddMinutes(3); break;
            case "issued later": (said.Now, said.NotBefore, said.AuthenticatedAt) = (Now.AddMinutes(3), Now, Now); break;
            case "for two days": said.ConfirmedUntil = Now.AddDays(2); break;
            case "transient": said.Format = SamlNames.TransientNameId; break;
            case "e-mail": said.Format = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"; break;
            case "nobody": said.Subject = " "; break;
            case "of another": said.Qualifiers = " NameQualifier=\"https://other.example/\""; break;
            case "for another": said.Qualifiers = " SPNameQualifier=\"https://other.example/\""; break;
            case "no context": said.Status = Status("Responder", "NoAuthnContext"); break;
            case "denied": said.Status = Status("Responder", "RequestDenied"); break;
            case "not signed in": said.Status = Status("Responder", "AuthnFailed"); break;
            case "fault": said.Status = Status("Requester", "UnsupportedBinding"); break;
            case "condition": said.Conditions = "<saml:Condition/>"; break;
            default: said.Confirmation = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"; break;
        }
    }

    // Who is meant is said once more: an assertion is for whoever all restrictions name (Core 2.0, 2.5.1.4).
    private static string Meant(string audience) =>
        $"<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>";

    private static string Status(string first, string second) =>
        $"""
        <samlp:StatusCode Value="{SamlNames.Status}{first}"><samlp:StatusCode Value="{SamlNames.Status}{second}"/></samlp:StatusCode>
        """;

    private static SamlReading Read(byte[] xml, Action<SamlOptions>? change = null, IReadOnlyList<X509Certificate2>? certificates = null) =>
        SamlResponses.Read(xml, SamlPeer.Expectation(Request, change, certificates), Now);
}

internal static class SamlReadings
{
    /// <summary>Refused with this code, and the code has this status.</summary>
    public static void ShouldBeRefused(this SamlReading reading, string code, int status)
    {
        EventSourcing.Refusal refusal = reading.ShouldBeOfType<SamlReading.Refused>().Reason;
        refusal.Code.ShouldBe(code);
        refusal.Sentence.ShouldEndWith(".");
        Refusals.Table.StatusOf(code).ShouldBe(status);
    }
}
