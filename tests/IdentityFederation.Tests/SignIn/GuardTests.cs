using System.Net;
using AccessGov.IdentityFederation.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

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

        await Task.WhenAll(browsers.Select(browser => browser.PostAsync(
            "/sign-in", ("UserName", "rushed"), ("Password", "not the password"))));

        (running.Hasher.Verified - before).ShouldBe(5);
    }

    [Fact]
    public async Task Codes_guessed_from_ever_other_networks_are_counted_together_and_the_person_s_own_browser_is_not_held_back()
    {
        (_, string secret) = await SignInBrowser.PersonAsync(host, "sprayed", app: true, ahead: Ahead);
        var own = new SignInBrowser(host, "10.5.9.1");
        await own.SignInAsync("sprayed");
        await own.AcknowledgeAsync();
        SignInBrowser guesser = new(host);
        for (int network = 0; network < 6; network++)
        {
            guesser = new SignInBrowser(host, $"198.51.{network}.7");
            await guesser.SignInAsync("sprayed");
            await guesser.TypeCodeAsync(network < 5 ? "000000" : await CodeAsync(secret));
            if (network < 5)
            {
                guesser.Text.ShouldContain("code_wrong");
            }
        }

        ShouldBeHeldBack(guesser);
        string two = Uri.EscapeDataString(IdentityFederation.Sessions.AuthenticationContexts.MultiFactor);
        await own.GetAsync($"/sign-in?returnUrl=%2Faccount&acr_values={two}");
        await own.TypeCodeAsync(await CodeAsync(secret));
        own.Location.ShouldBe("/account");
    }

    [Theory]
    [InlineData("192.0.2.{0}", true)]
    [InlineData("10.77.7.{0}", false)]
    public async Task Guessing_stops_a_network_outside_and_no_ward(string addresses, bool stops)
    {
        var guard = host.Services.GetRequiredService<SignInGuard>();
        Task<TimeSpan?> GuessAsync(string name, int last) => guard.BeginAsync(
            guard.OfPassword(name, From(addresses.Replace("{0}", $"{last}", StringComparison.Ordinal)), null), CancellationToken.None);

        // Hammering at one account, which waits, uses the network's limit up no further than the first five.
        for (int i = 0; i < 150; i++)
        {
            await GuessAsync($"one of {addresses}", 7);
        }

        (await GuessAsync($"another of {addresses}", 8)).ShouldBeNull();
        for (int i = 0; i < SignInGuard.NetworkFailuresMax; i++)
        {
            await GuessAsync($"{i} of {addresses}", i);
        }

        (await GuessAsync($"a colleague of {addresses}", 9)).ShouldBe(stops ? TimeSpan.FromMinutes(10) : null);
        (await guard.BeginAsync(guard.OfPassword("known", From("192.0.2.1"), "a device that is known"), CancellationToken.None))
            .ShouldBeNull();
    }

    private static DefaultHttpContext From(string address) => new() { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };

    private TimeSpan Ahead => running.Clock.GetUtcNow() - DateTimeOffset.UtcNow;

    private Task<string> CodeAsync(string secret) =>
        SignInBrowser.CodeAsync(secret, TimeSpan.FromSeconds(30) + Ahead);

    private static void ShouldBeHeldBack(SignInBrowser browser)
    {
        browser.Status.ShouldBe(HttpStatusCode.TooManyRequests, browser.Text);
        browser.Text.ShouldContain("too_many_failures");
    }
}
