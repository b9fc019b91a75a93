using System.Net;
using AccessGov.IdentityFederation.Federation;
using AccessGov.IdentityFederation.Federation.OpenIdConnect;
using AccessGov.IdentityFederation.Tests.SignIn;
using AccessGov.IdentityFederation.Tests.Tokens;
using Microsoft.Extensions.DependencyInjection;
using static AccessGov.IdentityFederation.Tests.Federation.FederationHost;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>A provider signs somebody out while they are in the middle of signing in through it.</summary>
public sealed class HalfDoneProviderTests(FederationHost running) : IClassFixture<FederationHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [Theory]
    [InlineData("sid")]
    [InlineData("sub")]
    public async Task No_session_begins_that_would_rest_on_it_whichever_replica_hears_of_it(string by)
    {
        string name = $"half-{by}@hospital.example";
        string person = await running.PersonAsync(name);
        await using IdentityFederationHost replica = await host.BesideAsync();
        SignInBrowser browser = await HalfInAsync(name, "h-1");

        await EndAsync(claims => claims[by] = by == "sid" ? "h-1" : $"sub-{name}", replica);
        await browser.FollowAsync();
        await browser.PostAsync("/sign-in/acknowledgement");

        browser.ShouldBeRefused(HttpStatusCode.Forbidden, "provider_signed_out");
        running.SessionsOf(person).ShouldBeEmpty();

        // Whoever signs in there since then comes in.
        running.Clock.Advance(TimeSpan.FromSeconds(1));
        await browser.SignInAtAsync(running.AtHospital, Hospital, $"sub-{name}", Claims(name, "h-2"));
        browser.Location.ShouldBe("/account");
        running.SessionsOf(person).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_second_factor_that_is_shown_after_it_opens_nothing()
    {
        const string Name = "half-factor@hospital.example";
        string person = await running.PersonAsync(Name);
        var owner = new SignInBrowser(host);
        await owner.EnrolAsync(person);
        TimeSpan ahead = running.Clock.GetUtcNow() - DateTimeOffset.UtcNow;
        string secret = await owner.SetAppAsync(ahead);
        var browser = new SignInBrowser(host, SignInBrowser.Outside);
        await browser.SignInAtAsync(running.AtHospital, Hospital, $"sub-{Name}", Claims(Name, "f-1"));

        await EndAsync(claims => claims["sid"] = "f-1", host);
        await browser.TypeCodeAsync(await SignInBrowser.CodeAsync(secret, ahead + TimeSpan.FromSeconds(30)));
        await browser.FollowAsync();
        await browser.PostAsync("/sign-in/acknowledgement");

        browser.ShouldBeRefused(HttpStatusCode.Forbidden, "provider_signed_out");
        running.SessionsOf(person).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_ended_otherwise_there_stops_nobody()
    {
        const string Name = "half-other@hospital.example";
        await running.PersonAsync(Name);
        SignInBrowser browser = await HalfInAsync(Name, "o-1");
        await EndAsync(claims => claims["sid"] = "o-2", host);
        await EndAsync(claims => claims["sub"] = "sub-somebody", host);
        await browser.AcknowledgeAsync();
        browser.Location.ShouldBe("/account");
    }

    /// <summary>The database itself plays the other replica, which hears of it between our looking and our writing.</summary>
    [Fact]
    public async Task What_is_ended_in_the_very_moment_in_which_the_session_begins_is_over_at_once()
    {
        const string Name = "half-moment@hospital.example";
        string person = await running.PersonAsync(Name);
        SignInBrowser browser = await HalfInAsync(Name, "m-1");
        await host.SqlAsync(
            $"""
            create function identity_federation.end_it() returns trigger security definer language plpgsql as $$ begin
                insert into identity_federation.provider_logout values
                    (sha256(convert_to('{running.AtHospital.Issuer}' || E'\n' || '{Identity.NamesOf("m-1", null)[0]}', 'utf8')),
                    now() + interval '1 day') on conflict do nothing; return new; end $$;
            create trigger end_it before insert on identity_federation.mt_events for each row
                when (new.type = 'session_started' and new.data->>'Person' = '{person}') execute function identity_federation.end_it()
            """);
        try
        {
            await browser.FollowAsync();
            await browser.PostAsync("/sign-in/acknowledgement");
        }
        finally
        {
            await host.SqlAsync("drop function identity_federation.end_it cascade");
        }

        browser.ShouldBeRefused(HttpStatusCode.Forbidden, "provider_signed_out");
        running.SessionsOf(person).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_provider_s_word_opens_nothing_a_quarter_of_an_hour_later_nor_when_its_own_session_is_over()
    {
        var logouts = host.Services.GetRequiredService<ProviderLogouts>();
        DateTimeOffset now = running.Clock.GetUtcNow();
        (await CodeOfAsync(new Statement(["x"], now))).ShouldBeNull();
        (await CodeOfAsync(new Statement(["x"], now, now.AddMinutes(5)))).ShouldBeNull();
        (await CodeOfAsync(new Statement(["x"], now, now))).ShouldBe("provider_signed_out");
        (await CodeOfAsync(new Statement(["x"], now - ProviderLogouts.WordLasts))).ShouldBe("sign_in_expired");

        async Task<string?> CodeOfAsync(Statement word) =>
            (await logouts.RefusalOfAsync("https://idp.example", word, CancellationToken.None))?.Code;
    }

    private async Task<SignInBrowser> HalfInAsync(string name, string session)
    {
        var browser = new SignInBrowser(host);
        await browser.SignInAtAsync(running.AtHospital, Hospital, $"sub-{name}", Claims(name, session));
        browser.Location.ShouldBe("/sign-in/acknowledgement", browser.Text);
        return browser;
    }

    private async Task EndAsync(Action<Dictionary<string, object>> change, IdentityFederationHost at)
    {
        using HttpResponseMessage answer = await ClientPeer.SendAsync(
            at, $"/sign-in/providers/{Hospital}/backchannel-logout", null, ("logout_token", running.AtHospital.LogoutToken(change)));
        ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
    }
}
