using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.SignIn;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>What a provider does not say is not taken for said: neither when it asked somebody, nor how.</summary>
public sealed class FreshnessTests(FederationHost running) : IClassFixture<FederationHost>
{
    private const string Again = "/sign-in?prompt=login";

    [Fact]
    public async Task A_provider_that_does_not_say_when_it_asked_makes_nothing_recent()
    {
        (string person, _) = await running.SignedInAsync("silent@hospital.example");
        OpenSession told = running.SessionsOf(person).ShouldHaveSingleItem();
        told.State.AuthenticatedAt.ShouldBeGreaterThan(running.Clock.GetUtcNow().AddMinutes(-5));

        await new SignInBrowser(running.Host).SignInAtAsync(
            running.AtHospital, FederationHost.Hospital, "sub-silent@hospital.example", claims => claims.Remove("auth_time"));

        running.SessionsOf(person).Single(session => session.Id != told.Id).State.AuthenticatedAt.ShouldBe(DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task Whoever_shows_less_than_their_session_rests_on_has_another_session()
    {
        (string person, SignInBrowser browser) = await running.SignedInAsync("weaker@hospital.example");
        await browser.SignInAtAsync(running.AtHospital, FederationHost.Hospital, "sub-weaker@hospital.example", claims => claims["amr"] = new[] { "ngcmfa" }, Again);
        OpenSession strong = running.SessionsOf(person).ShouldHaveSingleItem();
        strong.State.Proof.Context.ShouldBe(AuthenticationContexts.MultiFactor);

        await browser.SignInAtAsync(running.AtHospital, FederationHost.Hospital, "sub-weaker@hospital.example", _ => { }, Again);

        OpenSession weak = running.SessionsOf(person).ShouldHaveSingleItem("the stronger one is over");
        weak.Id.ShouldNotBe(strong.Id);
        weak.State.Proof.Context.ShouldBe(AuthenticationContexts.SingleFactor);
    }
}
