using System.Net;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>Guessing is slowed down where it happens, and nowhere else.</summary>
public sealed class GuardTests : IClassFixture<SignInHost>
{
    private readonly SignInHost running;
    private readonly IdentityFederationHost host;

    public GuardTests(SignInHost running)
    {
        (this.running, host) = (running, running.Host);

        // The first wait is a second: a slow machine must not sit it out by chance.
        running.Clock.Stop();
    }

    [Fact]
    public async Task From_the_fifth_failure_on_the_wait_doubles_for_that_pair_only_whichever_replica_is_asked()
    {
        await SignInBrowser.PersonAsync(host, "target");
        await using IdentityFederationHost replica = await host.BesideAsync();
        SignInBrowser[] guessers = [new(host, "198.51.100.7"), new(replica, "198.51.100.99")];
        for (int failure = 0; failure < 5; failure++)
        {
            await guessers[failure % 2].SignInAsync("target", "not the password");
            guessers[failure % 2].Text.ShouldContain("sign_in_wrong", customMessage: $"failure {failure}");
        }

        await guessers[1].SignInAsync("target");
        ShouldBeHeldBack(guessers[1]);
        running.Clock.Advance(TimeSpan.FromSeconds(1.1));
        await guessers[0].SignInAsync("target", "not the password");
        guessers[0].Text.ShouldContain("sign_in_wrong");
        running.Clock.Advance(TimeSpan.FromSeconds(1.1));
        await guessers[0].SignInAsync("target");
        ShouldBeHeldBack(guessers[0]);

        var clinician = new SignInBrowser(host, "10.4.4.4");
        await clinician.SignInAsync("target");
        clinician.Location.ShouldBe("/sign-in/acknowledgement", "guessing elsewhere does not lock the clinician out");
    }

    [Fact]
    public async Task A_device_that_the_person_knows_is_not_touched_by_guessing_beside_it()
    {
        await SignInBrowser.PersonAsync(host, "colleague");
        var own = new SignInBrowser(host, "10.5.5.5");
        await own.SignInAsync("colleague");
        await own.AcknowledgeAsync();
        var beside = new SignInBrowser(host, "10.5.5.6");
        for (int failure = 0; failure < 5; failure++)
        {
            await beside.SignInAsync("colleague", "not the password");
        }

        await beside.SignInAsync("colleague");
        ShouldBeHeldBack(beside);
        own.Cookies.Remove("__Host-accessgov-session");
        await own.SignInAsync("colleague");
        own.Location.ShouldBe("/account");
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_held_back_like_one_that_somebody_has()
    {
        var browser = new SignInBrowser(host, "10.6.6.6");
        for (int failure = 0; failure < 5; failure++)
        {
            await browser.SignInAsync("nobody.here", "not the password");
            browser.Text.ShouldContain("sign_in_wrong");
        }

        await browser.SignInAsync("Nobody.Here", "not the password");
        ShouldBeHeldBack(browser);

        // Another spelling of the same name is the same name, here as for somebody who has it.
        await browser.SignInAsync("\uFF4Eobody.here", "not the password");
        ShouldBeHeldBack(browser);
    }

    [Fact]
    public async Task Guesses_at_the_same_moment_get_no_further()
    {
        await SignInBrowser.PersonAsync(host, "rushed");
        SignInBrowser[] browsers = [.. Enumerable.Range(0, 12).Select(_ => new SignInBrowser(host, "10.7.7.7"))];
        await Task.WhenAll(browsers.Select(browser => browser.GetAsync("/sign-in")));
        int before = running.Hasher.Verified;

        await Task.WhenAll(browsers.Select(browser => browser.PostAsync("/sign-in", ("UserName", "rushed"), ("Password", "not the password"))));

        (running.Hasher.Verified - before).ShouldBe(5);
    }

    private static void ShouldBeHeldBack(SignInBrowser browser)
    {
        browser.Status.ShouldBe(HttpStatusCode.TooManyRequests, browser.Text);
        browser.Text.ShouldContain("too_many_failures");
    }
}
