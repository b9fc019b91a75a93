using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Tests.SignIn;
using Microsoft.IdentityModel.Tokens;
using static AccessGov.IdentityFederation.Tests.Federation.FederationHost;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>Answers that no identity provider should give, or that are not meant for this browser.</summary>
public sealed class HostileProviderTests(FederationHost running) : IClassFixture<FederationHost>
{
    private readonly IdentityFederationHost host = running.Host;

    public static TheoryData<string, string> BadTokens => new()
    {
        { "another nonce", "nonce" }, { "no nonce", "no-nonce" }, { "another audience", "aud" },
        { "several audiences and no party", "auds" },
        { "another party", "azp" }, { "another issuer", "iss" }, { "expired", "exp" }, { "without an end", "no-exp" },
        { "of tomorrow", "iat" },
        { "not yet valid", "nbf" }, { "signed by a stranger", "stranger" }, { "signed with our secret", "hmac" }, { "not signed", "none" },
        { "a logout token", "events" }, { "without a subject", "no-sub" }, { "a critical header", "crit" },
        { "no token at all", "garbage" },
    };

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task A_token_that_is_not_the_provider_s_word_for_this_request_is_refused(string what, string how)
    {
        string person = await running.PersonAsync($"{how}@hospital.example");
        var browser = new SignInBrowser(host);
        Dictionary<string, string> request = await browser.BeginAsync(Hospital);
        string code = running.AtHospital.CodeFor(request, () => BadToken(request, how));

        await browser.ComeBackAsync(Hospital, ("code", code), ("state", request["state"]));

        browser.ShouldBeRefused(HttpStatusCode.Forbidden, "provider_token_refused");
        ((IdentityFederation.People.Person.Provisioned)await running.StateAsync(person)).Identities.ShouldBeEmpty(what);
    }

    [Fact]
    public async Task The_same_token_without_fault_is_good()
    {
        await running.PersonAsync("good@hospital.example");
        var browser = new SignInBrowser(host);
        Dictionary<string, string> request = await browser.BeginAsync(Hospital);
        await browser.ComeBackAsync(
            Hospital, ("code", running.AtHospital.CodeFor(request, () => BadToken(request, "good"))), ("state", request["state"]));
        browser.Location.ShouldBe("/sign-in/acknowledgement");
    }

    [Fact]
    public async Task An_answer_is_for_the_browser_that_asked_and_for_its_request_only()
    {
        await running.PersonAsync("victim@hospital.example");
        var attacker = new SignInBrowser(host);
        Dictionary<string, string> theirs = await attacker.BeginAsync(Hospital);
        var victim = new SignInBrowser(host);
        Dictionary<string, string> own = await victim.BeginAsync(Hospital);
        string code = running.AtHospital.CodeFor(theirs, "sub-victim", Claims("victim@hospital.example"));

        // A link that signs the victim in as somebody else: the state is not of this browser, whatever cookies it has.
        await victim.ComeBackAsync(Hospital, ("code", code), ("state", theirs["state"]));
        victim.ShouldBeRefused(HttpStatusCode.BadRequest, "provider_answer_unasked");
        var empty = new SignInBrowser(host);
        await empty.ComeBackAsync(Hospital, ("code", code), ("state", theirs["state"]));
        empty.ShouldBeRefused(HttpStatusCode.BadRequest, "provider_answer_unasked");
        foreach (string? state in new[] { null, "", "x", new string('a', 43), $"{own["state"]}a" })
        {
            await victim.ComeBackAsync(Hospital, ("code", code), ("state", state));
            victim.ShouldBeRefused(HttpStatusCode.BadRequest, "provider_answer_unasked");
        }

        // A code that was made for another request: its challenge is another's.
        await victim.ComeBackAsync(Hospital, ("code", code), ("state", own["state"]));
        victim.ShouldBeRefused(HttpStatusCode.Forbidden, "provider_code_refused");
    }

    [Fact]
    public async Task A_code_that_a_careless_provider_gives_to_another_is_stopped_by_its_nonce()
    {
        await running.PersonAsync("careless@hospital.example");
        var attacker = new SignInBrowser(host);
        Dictionary<string, string> theirs = await attacker.BeginAsync(Hospital);
        var victim = new SignInBrowser(host);
        Dictionary<string, string> own = await victim.BeginAsync(Hospital);
        string code = running.AtHospital.CodeFor(theirs, "sub-careless", Claims("careless@hospital.example"));
        running.AtHospital.TakesCodesTwice = true;
        await victim.ComeBackAsync(Hospital, ("code", code), ("state", own["state"]));
        running.AtHospital.TakesCodesTwice = false;
        victim.ShouldBeRefused(HttpStatusCode.Forbidden, "provider_token_refused");
    }

    [Fact]
    public async Task A_callback_is_good_once_at_every_replica_even_with_the_cookies_of_before()
    {
        await running.PersonAsync("replayed@hospital.example");
        await using IdentityFederationHost replica = await host.BesideAsync();
        var browser = new SignInBrowser(host);
        Dictionary<string, string> request = await browser.BeginAsync(Hospital);
        var thief = new SignInBrowser(replica) { Cookies = new(browser.Cookies, StringComparer.Ordinal) };
        string code = running.AtHospital.CodeFor(request, "sub-replayed", Claims("replayed@hospital.example"));
        running.AtHospital.TakesCodesTwice = true;
        await browser.ComeBackAsync(Hospital, ("code", code), ("state", request["state"]));
        browser.Location.ShouldBe("/sign-in/acknowledgement");

        await browser.ComeBackAsync(Hospital, ("code", code), ("state", request["state"]));
        browser.ShouldBeRefused(HttpStatusCode.BadRequest, "provider_answer_unasked");
        await thief.ComeBackAsync(Hospital, ("code", code), ("state", request["state"]));
        running.AtHospital.TakesCodesTwice = false;

        thief.ShouldBeRefused(HttpStatusCode.BadRequest, "provider_answer_unasked");
    }

    [Fact]
    public async Task An_answer_that_names_another_issuer_or_comes_to_another_s_address_is_refused()
    {
        await running.PersonAsync("mixed@hospital.example");
        var browser = new SignInBrowser(host);
        Dictionary<string, string> request = await browser.BeginAsync(Hospital);
        string code = running.AtHospital.CodeFor(request, "sub-mixed", Claims("mixed@hospital.example"));
        await browser.ComeBackAsync(Readers, ("code", code), ("state", request["state"]));
        browser.ShouldBeRefused(HttpStatusCode.BadRequest, "provider_answer_unasked");

        int asked = running.AtHospital.Asked.Count;
        await browser.ComeBackAsync(Hospital, ("code", code), ("state", request["state"]), ("iss", running.AtReaders.Issuer));
        browser.ShouldBeRefused(HttpStatusCode.BadRequest, "provider_mixed_up");
        running.AtHospital.Asked.Count.ShouldBe(asked, "the code is taken nowhere");

        request = await browser.BeginAsync(Hospital);
        code = running.AtHospital.CodeFor(request, "sub-mixed", Claims("mixed@hospital.example"));
        await browser.ComeBackAsync(Hospital, ("code", code), ("state", request["state"]), ("iss", running.AtHospital.Issuer));
        browser.Location.ShouldBe("/sign-in/acknowledgement");
    }

    [Fact]
    public async Task An_answer_after_a_quarter_of_an_hour_is_refused()
    {
        await running.PersonAsync("slow@hospital.example");
        var browser = new SignInBrowser(host);
        Dictionary<string, string> request = await browser.BeginAsync(Hospital);
        running.Clock.Advance(TimeSpan.FromMinutes(16));
        await browser.ComeBackAsync(
            Hospital, ("code", running.AtHospital.CodeFor(request, "sub-slow", Claims("slow@hospital.example"))),
            ("state", request["state"]));
        browser.ShouldBeRefused(HttpStatusCode.BadRequest, "provider_answer_unasked");
    }

    [Fact]
    public async Task Who_is_declined_there_is_told_so_and_nothing_of_the_provider_s_text_is_shown()
    {
        var browser = new SignInBrowser(host);
        Dictionary<string, string> request = await browser.BeginAsync(Hospital, "/sign-in?returnUrl=%2Faccount");
        await browser.ComeBackAsync(
            Hospital, ("error", "access_denied"), ("error_description", "<b>call 555-0199</b>"), ("state", request["state"]));
        browser.ShouldBeRefused(HttpStatusCode.Forbidden, "provider_declined");
        browser.Text.ShouldNotContain("555-0199");
        browser.Text.ShouldContain("href=\"/sign-in?returnUrl=%2Faccount\"");
    }

    [Fact]
    public async Task An_unknown_provider_is_refused()
    {
        var browser = new SignInBrowser(host);
        await browser.GetAsync("/sign-in");
        await browser.PostAsync("/sign-in?handler=Provider", ("Provider", "nobody"));
        browser.ShouldBeRefused(HttpStatusCode.NotFound, "provider_unknown");
        await browser.ComeBackAsync("nobody", ("code", "x"), ("state", "y"));
        browser.ShouldBeRefused(HttpStatusCode.NotFound, "provider_unknown");
    }

    private string BadToken(Dictionary<string, string> request, string how)
    {
        FakeProvider there = running.AtHospital;
        long now = running.Clock.GetUtcNow().ToUnixTimeSeconds();
        void Change(Dictionary<string, object> claims)
        {
            Claims($"{how}@hospital.example")(claims);
            _ = how switch
            {
                "nonce" => claims["nonce"] = "another",
                "no-nonce" => claims.Remove("nonce"),
                "aud" => claims["aud"] = "another-client",
                "auds" => claims["aud"] = new[] { FakeProvider.ClientId, "another-client" },
                "azp" => claims["azp"] = "another-client",
                "iss" => claims["iss"] = running.AtReaders.Issuer,
                "exp" => claims["exp"] = now - 200,
                "no-exp" => claims.Remove("exp"),
                "iat" => claims["iat"] = now + 90_000,
                "nbf" => claims["nbf"] = now + 90_000,
                "events" => claims["events"] =
                    new Dictionary<string, object>(StringComparer.Ordinal) { ["http://schemas.openid.net/event/backchannel-logout"] = "" },
                "no-sub" => claims.Remove("sub"),
                _ => how,
            };
        }

        return how switch
        {
            "stranger" => there.IdToken(request, "sub", Change,
                new SigningCredentials(new RsaSecurityKey(FakeProvider.NewKey().Rsa) { KeyId = there.Key.KeyId },
                SecurityAlgorithms.RsaSha256)),
            "hmac" => there.IdToken(request, "sub", Change, new SigningCredentials(
                new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(FakeProvider.Secret.PadRight(32))),
                SecurityAlgorithms.HmacSha256)),
            "none" => Unsigned(there.IdToken(request, "sub", Change)),
            "crit" => there.Sign(ClaimsOf(), null, null,
                new Dictionary<string, object>(StringComparer.Ordinal) { ["crit"] = new[] { "x" } }),
            "garbage" => "no token",
            _ => there.IdToken(request, "sub", Change),
        };

        Dictionary<string, object> ClaimsOf()
        {
            var claims = new Dictionary<string, object>(StringComparer.Ordinal);
            there.IdToken(request, "sub", made =>
            {
                Change(made);
                claims = made;
            });
            return claims;
        }
    }

    private static string Unsigned(string token)
    {
        string header = Base64UrlEncoder.Encode(new JsonObject { ["alg"] = "none", ["typ"] = "JWT" }.ToJsonString());
        return $"{header}.{token.Split('.')[1]}.";
    }
}
