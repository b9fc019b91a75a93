using System.Net;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.SignIn;
using static AccessGov.IdentityFederation.Tests.Federation.FederationHost;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>Where somebody is sent, and what the provider is asked for.</summary>
public sealed class HomeRealmTests(FederationHost running) : IClassFixture<FederationHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [Fact]
    public async Task A_name_leads_by_its_domain_to_the_provider_whether_anybody_has_it_or_not()
    {
        await running.PersonAsync("exists@hospital.example");
        foreach ((string name, FakeProvider there) in new[]
        {
            ("exists@hospital.example", running.AtHospital), ("nobody@HOSPITAL.example", running.AtHospital),
            ("anybody@readers.example", running.AtReaders),
        })
        {
            var browser = new SignInBrowser(host);
            await browser.GetAsync("/sign-in?returnUrl=%2Faccount");
            await browser.PostAsync("/sign-in", ("UserName", $" {name}"), ("Password", ""), ("returnUrl", "/account"));
            browser.Status.ShouldBe(HttpStatusCode.Redirect, browser.Text);
            browser.Location.ShouldStartWith($"{there.Issuer}/authorize?");
            Dictionary<string, string> request = ProviderBrowser.RequestIn(browser);
            request["login_hint"].ShouldBe(name);
            (request["redirect_uri"], request["response_type"], request["code_challenge_method"], request["scope"]).ShouldBe((
                $"https://identity.test/sign-in/providers/{(there == running.AtHospital ? Hospital : Readers)}/callback", "code", "S256",
                "openid profile email"));
        }
    }

    [Fact]
    public async Task A_name_of_no_known_domain_asks_for_the_password()
    {
        var browser = new SignInBrowser(host);
        await browser.GetAsync("/sign-in");
        foreach (string name in new[] { "somebody", "x@elsewhere.example", "@", "a@b@", "x@hospital.example.evil.test" })
        {
            await browser.PostAsync("/sign-in", ("UserName", name), ("Password", ""));
            browser.ShouldBeRefused(HttpStatusCode.BadRequest, "password_missing");
        }
    }

    [Fact]
    public async Task Whose_organisation_allows_local_accounts_signs_in_with_a_password_and_others_never_do()
    {
        string person = await running.PersonAsync("both@hospital.example");
        var enrolled = new SignInBrowser(host);
        await enrolled.EnrolAsync(person);
        await enrolled.SetPasswordAsync();
        await enrolled.FinishAsync();
        var browser = new SignInBrowser(host);
        await browser.SignInAsync("both@hospital.example");
        browser.Location.ShouldBe("/sign-in/acknowledgement");

        await browser.SignInAsync("reader@readers.example");
        browser.Location.ShouldStartWith(running.AtReaders.Issuer,
            customMessage: "what was typed as a password is not looked at, and not sent on");
        browser.Location.ShouldNotContain("tulip");
    }

    [Fact]
    public async Task What_is_asked_of_us_is_asked_of_the_provider()
    {
        var browser = new SignInBrowser(host);
        string asked = Uri.EscapeDataString(AuthenticationContexts.MultiFactor);
        Dictionary<string, string> request =
            await browser.BeginAsync(Hospital, $"/sign-in?acr_values={asked}&max_age=600&login_hint=ada%40hospital.example");
        (request["acr_values"], request["max_age"], request["login_hint"], request.ContainsKey("prompt"))
            .ShouldBe(("ngcmfa", "600", "ada@hospital.example", false));

        request = await browser.BeginAsync(Hospital, "/sign-in?max_age=0");
        (request["max_age"], request["prompt"], request.ContainsKey("acr_values")).ShouldBe(("0", "login", false));
        request = await browser.BeginAsync(Hospital, "/sign-in?prompt=login");
        (request["max_age"], request["prompt"]).ShouldBe(("0", "login"));

        // From outside two factors are needed, whatever is asked for.
        var outside = new SignInBrowser(host, SignInBrowser.Outside);
        (await outside.BeginAsync(Hospital))["acr_values"].ShouldBe("ngcmfa");
    }

    [Fact]
    public async Task Whoever_is_to_show_again_who_they_are_and_was_not_asked_to_is_refused()
    {
        await running.SignedInAsync("again@hospital.example");
        foreach ((string path, TimeSpan? ago, bool isFresh) in new (string, TimeSpan?, bool)[]
        {
            ("/sign-in?prompt=login", TimeSpan.FromMinutes(5), false), ("/sign-in?prompt=login", null, false),
            ("/sign-in?prompt=login", TimeSpan.Zero, true),
            ("/sign-in?max_age=600", TimeSpan.FromMinutes(13), false), ("/sign-in?max_age=600", TimeSpan.FromMinutes(9), true),
        })
        {
            var browser = new SignInBrowser(host);
            await browser.SignInAtAsync(running.AtHospital, Hospital, "sub-again@hospital.example", claims =>
            {
                Claims("again@hospital.example")(claims);
                claims.Remove("auth_time");
                if (ago is { } time)
                {
                    claims["auth_time"] = (running.Clock.GetUtcNow() - time).ToUnixTimeSeconds();
                }
            }, path);
            if (isFresh)
            {
                browser.Location.ShouldBe("/account", $"{path} {ago}");
            }
            else
            {
                browser.ShouldBeRefused(HttpStatusCode.Forbidden, "provider_not_fresh");
            }
        }
    }

    [Theory]
    [InlineData("ngcmfa", AuthenticationContexts.MultiFactor)]
    [InlineData("fido", AuthenticationContexts.PhishingResistant)]
    [InlineData("mfa", null)]
    [InlineData(AuthenticationContexts.PhishingResistant, null)]
    public async Task What_a_provider_s_words_mean_here_is_what_the_settings_say(string said, string? context)
    {
        (string person, _) = await running.SignedInAsync($"words-{Math.Abs(said.GetHashCode(StringComparison.Ordinal))}@hospital.example");
        string name = ((IdentityFederation.People.Person.Provisioned)await running.StateAsync(person)).Profile.UserName;
        foreach (string claim in new[] { "acr", "amr" })
        {
            var browser = new SignInBrowser(host, SignInBrowser.Outside);
            await browser.SignInAtAsync(running.AtHospital, Hospital, $"sub-{name}", claims => claims[claim] = claim == "amr"
                ? new[] { "pwd", said } : said);
            if (context is null)
            {
                browser.ShouldBeRefused(HttpStatusCode.Forbidden, "provider_factor_missing");
            }
            else
            {
                browser.Location.ShouldBe("/account");
                running.SessionsOf(person)[^1].State.Proof.Context.ShouldBe(context);
            }
        }
    }

    [Fact]
    public async Task Where_one_factor_is_not_enough_a_second_one_of_ours_is_asked_for()
    {
        string person = await running.PersonAsync("stepper@hospital.example");
        var enrolled = new SignInBrowser(host);
        await enrolled.EnrolAsync(person);
        await enrolled.SetPasswordAsync();
        string secret = await enrolled.SetAppAsync(AheadOfUs);
        await enrolled.FinishAsync();
        var browser = new SignInBrowser(host, SignInBrowser.Outside);
        await browser.SignInAtAsync(running.AtHospital, Hospital, "sub-stepper", Claims("stepper@hospital.example", "theirs"));
        browser.Session.ShouldBeEmpty();

        await browser.TypeCodeAsync(await SignInBrowser.CodeAsync(secret, AheadOfUs + TimeSpan.FromSeconds(30)));
        await browser.AcknowledgeAsync();

        running.SessionsOf(person).ShouldHaveSingleItem().State.Proof.ShouldBe(
            new Proof(["federated", "otp", "mfa"], AuthenticationContexts.MultiFactor, running.AtHospital.Issuer, "theirs"));
    }

    private TimeSpan AheadOfUs => running.Clock.GetUtcNow() - TimeProvider.System.GetUtcNow();
}
