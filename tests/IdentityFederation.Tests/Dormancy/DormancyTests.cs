using System.Net;
using System.Text.Json.Nodes;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.IdentityFederation.Dormancy;
using AccessGov.IdentityFederation.Tests.SignIn;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.Dormancy;

/// <summary>Accounts that nobody uses, by a clock that is moved ahead.</summary>
public sealed class DormancyTests : IAsyncLifetime
{
    private readonly MovedClock clock = new();
    private IdentityFederationHost host = null!;

    public async Task InitializeAsync() => host = await IdentityFederationHost.StartAsync(settings: SignInBrowser.Settings, clock: clock);

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    [Trait("Requirement", "S10")]
    public async Task Whoever_signs_in_for_90_days_never_is_warned_then_locked_told_so_and_unlocked()
    {
        await ExecuteAsync("insert into bus.queue (name, role) values ('listener', current_user)");
        await ExecuteAsync(
            $"""
            insert into bus.subscription (queue, message)
            values ('listener', '{UserLocked.MessageName}'), ('listener', '{UserUnlocked.MessageName}')
            """);
        await using IdentityFederationHost replica = await host.BesideAsync();
        (string away, _) = await SignInBrowser.PersonAsync(host, "away");
        (string here, _) = await SignInBrowser.PersonAsync(host, "here");
        await SignInAsync("here", acknowledge: true);
        await DormancyLooks.IsKnownAsync(host, away);

        clock.Advance(TimeSpan.FromDays(77));
        await SignInAsync("here", acknowledge: false);
        await DormancyLooks.LookAsync(host, replica);
        (await DormancyLooks.HistoryAsync(host, away)).Count(name => name == "person_warned_of_lock").ShouldBe(1);
        (await DormancyLooks.HistoryAsync(host, away)).ShouldNotContain("person_locked");

        clock.Advance(TimeSpan.FromDays(14));
        await DormancyLooks.LookAsync(host, replica);
        await DormancyLooks.LookAsync(host, replica);
        (await DormancyLooks.HistoryAsync(host, away)).Count(name => name == "person_locked").ShouldBe(1);
        (await DormancyLooks.HistoryAsync(host, here)).ShouldNotContain("person_locked", "signing in counts");

        SignInBrowser browser = await SignInAsync("away", acknowledge: null);
        browser.Status.ShouldBe(HttpStatusCode.Forbidden, browser.Text);
        browser.Text.ShouldContain("<code>person_locked</code>");
        browser.Session.ShouldBeEmpty();
        await UnlockAsync(away);
        await DormancyLooks.LookAsync(host, replica);
        (await SignInAsync("away", acknowledge: null)).Session.ShouldNotBeEmpty();
        (await DormancyLooks.HistoryAsync(host, away)).Count(name => name == "person_locked").ShouldBe(1, "whoever is unlocked has 90 days again");

        string[] heard = [];
        await Eventually.HoldsAsync(async () => (heard = await HeardAsync(away)).Length == 2, "both are told");
        heard.ShouldBe([UserLocked.MessageName, UserUnlocked.MessageName]);
    }

    [Fact]
    public async Task Whoever_signs_in_while_they_are_looked_at_is_left_alone_also_by_a_service_that_was_started_later()
    {
        (string back, _) = await SignInBrowser.PersonAsync(host, "back");
        (string away, _) = await SignInBrowser.PersonAsync(host, "away");
        await DormancyLooks.IsKnownAsync(host, back);
        await DormancyLooks.IsKnownAsync(host, away);
        await using IdentityFederationHost later = await host.BesideAsync();
        clock.Advance(TimeSpan.FromDays(77));

        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using NpgsqlTransaction signIn = await connection.BeginTransactionAsync();
        await new NpgsqlCommand("set local search_path = identity_federation", connection, signIn).ExecuteNonQueryAsync();
        await Activity.WriteAsync(back, clock.GetUtcNow(), signIn, CancellationToken.None);
        Task looking = DormancyLooks.LookAsync(later);
        await Eventually.HoldsAsync(
            async () => await CountAsync(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%person_activity%for update'") == 1,
            "the sign-in is waited for");
        await signIn.CommitAsync();
        await looking;

        (await DormancyLooks.HistoryAsync(host, back)).ShouldNotContain("person_warned_of_lock");
        (await DormancyLooks.HistoryAsync(host, away)).ShouldContain("person_warned_of_lock");
    }

    [Fact]
    public async Task Tokens_and_sessions_of_whoever_is_locked_are_worth_nothing()
    {
        string person = await host.PersonAsync("sleeper");
        string client = await Tokens.Viewer.RegisterAsync(host, "viewer");
        Tokens.Browser browser = await Tokens.Browser.SignedInAsync(host, person);
        JsonNode told = await Tokens.Viewer.TokensAsync(host, browser, client);

        await host.Services.GetRequiredService<IdentityFederation.People.PersonCommands>().RunAsync(
            EventSourcing.EventMetadata.None, person,
            _ => new IdentityFederation.People.PersonLocked(LockDormant.Dormant, clock.GetUtcNow()), CancellationToken.None);

        await Eventually.HoldsAsync(
            async () => !await Tokens.Viewer.IsActiveAsync(host, told["access_token"]!.GetValue<string>()), "the token is worth nothing");
        await Tokens.ClientPeer.ShouldRefuseAsync(
            await Tokens.Viewer.RefreshAsync(host, client, told["refresh_token"]!.GetValue<string>()), 400, "invalid_grant");
        await browser.ToSignInAsync(Tokens.Browser.Request(client));
    }

    [Fact]
    public async Task Only_who_manages_people_unlocks_them()
    {
        string person = await host.PersonAsync("kept.locked");
        using HttpResponseMessage forbidden = await host.SendAsync(
            HttpMethod.Post, $"/people/{person}/unlock", """{"reason":"Please."}""", host.TokenOf("grace", "people.suspend"));
        forbidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using HttpResponseMessage self = await host.SendAsync(
            HttpMethod.Post, $"/people/{person}/unlock", """{"reason":"Please."}""", host.TokenOf(person, "people.manage"));
        await Refusal.ShouldBeAsync(self, 409, "self_unlock");
        using HttpResponseMessage nobody = await host.PostAsync("/people/nobody/unlock", new { reason = "x" });
        await Refusal.ShouldBeAsync(nobody, 404, "person_unknown");
    }

    [Fact]
    public async Task Whoever_is_to_be_warned_after_they_are_locked_is_a_mistake_that_ends_the_start() =>
        await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => host.BesideAsync(("IdentityFederation:Accounts:DormantWarningAfter", "90.00:00:00")));

    private async Task<SignInBrowser> SignInAsync(string userName, bool? acknowledge)
    {
        var browser = new SignInBrowser(host);
        await browser.SignInAsync(userName);
        if (acknowledge ?? browser.Location == "/sign-in/acknowledgement")
        {
            await browser.GetAsync("/sign-in/acknowledgement");
            await browser.PostAsync("/sign-in/acknowledgement");
        }

        return browser;
    }

    private async Task UnlockAsync(string person)
    {
        using HttpResponseMessage unlocked = await host.PostAsync($"/people/{person}/unlock", new { reason = "Back from leave." });
        unlocked.IsSuccessStatusCode.ShouldBeTrue(await unlocked.Content.ReadAsStringAsync());
        await Eventually.HoldsAsync(
            async () => await CountAsync(
                "select count(*) from identity_federation.person_activity where person = $1 and active_at > $2", person,
                clock.GetUtcNow() - TimeSpan.FromHours(1)) == 1, "the unlocking is known");
    }

    private async Task<string[]> HeardAsync(string person)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select type from bus.message where queue = 'listener' and subject = $1 order by position", connection)
        {
            Parameters = { new() { Value = IdentityFederation.People.Person.Streams.StreamId(person) } },
        };
        return [.. await ReadModelRows.ReadAsync(command, row => row.GetString(0), CancellationToken.None)];
    }

    private async Task<long> CountAsync(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        Array.ForEach(values, value => command.Parameters.Add(new() { Value = value }));
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
