using AccessGov.IdentityFederation.Federation.Saml;
using AccessGov.IdentityFederation.Tests.SignIn;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>What a provider's clock and its own session bound, and what whoever only asks may cost.</summary>
public sealed class SamlBoundsTests(SamlHost running) : IClassFixture<SamlHost>
{
    private readonly IdentityFederationHost host = running.Host;

    /// <summary>Its clock is behind ours: whoever has to show it again would have shown it too long ago, for ever.</summary>
    [Fact]
    public async Task Whoever_was_asked_again_has_shown_it_now()
    {
        string person = await running.PersonAsync("behind");
        var browser = new SignInBrowser(host);
        Asked asked = await Asked.ByAsync(browser, "?prompt=login");
        Said said = running.Answering(asked, "behind");
        said.AuthenticatedAt = running.Clock.GetUtcNow().AddSeconds(-100);
        await browser.AnswerAsync(said.Signed(), asked.RelayState);
        running.SessionsOf(person).ShouldHaveSingleItem().State.AuthenticatedAt
            .ShouldBeGreaterThan(running.Clock.GetUtcNow().AddSeconds(-60));
    }

    [Fact]
    public async Task A_session_is_over_when_the_provider_s_own_is()
    {
        string person = await running.PersonAsync("bounded");
        var browser = new SignInBrowser(host);
        DateTimeOffset start = running.Clock.GetUtcNow();
        foreach ((int minutes, int ends) in new[] { (20, 20), (10, 10), (40, 10) })
        {
            Asked asked = await Asked.ByAsync(browser);
            Said said = running.Answering(asked, "bounded");
            said.SessionEndsAt = start.AddMinutes(minutes);
            await browser.AnswerAsync(said.Signed(), asked.RelayState);
            browser.Location.ShouldBe("/account", browser.Text);
            (running.SessionsOf(person).ShouldHaveSingleItem().State.Bounds.EndsAt - start.AddMinutes(ends)).Duration()
                .ShouldBeLessThan(TimeSpan.FromSeconds(1));
        }

        running.Clock.Advance(TimeSpan.FromMinutes(10));
        running.SessionsOf(person).ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_only_asks_writes_nothing_here_and_fills_no_browser()
    {
        var browser = new SignInBrowser(host);
        await Asked.ByAsync(browser);
        long before = await RowsAsync();
        for (int i = 0; i < 20; i++)
        {
            await Asked.ByAsync(browser, "?returnUrl=%2Faccount");
            browser.Cookies.Keys.Count(name => name.Contains("saml", StringComparison.Ordinal))
                .ShouldBeLessThanOrEqualTo(SentRequests.OpenMax);
        }

        (await RowsAsync()).ShouldBeLessThan(before + 20, "each of them would be one more");
        await browser.GetAsync($"{SamlHost.Path}?returnUrl=/{new string('a', BeginSamlSignIn.ReturnUrlMax)}");
        browser.ShouldShow("return_url_long", 400);
        await Asked.ByAsync(browser, $"?returnUrl=/{new string('a', BeginSamlSignIn.ReturnUrlMax - 1)}");
        browser.Answer.Headers.GetValues("Set-Cookie").ShouldAllBe(cookie => cookie.Length < 4_096);
    }

    /// <summary>All rows of the service, besides those of sessions' activity and of the store.</summary>
    private async Task<long> RowsAsync()
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            select sum((xpath('/row/c/text()', query_to_xml(
                format('select count(*) as c from %I.%I', table_schema, table_name), false, true, '')))[1]::text::bigint)::bigint
            from information_schema.tables where table_schema = 'identity_federation' and table_type = 'BASE TABLE'
                and table_name not like 'mt%' and table_name <> 'session_activity'
            """, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
