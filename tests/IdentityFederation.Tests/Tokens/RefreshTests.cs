using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>A refresh token that comes again: an answer that was lost, or a copy.</summary>
public sealed class RefreshTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    public async Task Whoever_lost_the_answer_asks_again_at_another_replica_and_goes_on()
    {
        (string client, Browser browser) = await BothAsync(host);
        JsonNode first = await Viewer.TokensAsync(host, browser, client);
        await GivenAsync(host, client, first);
        await using IdentityFederationHost replica = await host.BesideAsync();
        await Eventually.HoldsAsync(
            () => replica.Services.GetRequiredService<OpenSessions>().Find(browser.Session) is not null, "the replica knows the session");

        JsonNode second = await GivenAsync(replica, client, first);

        JsonNode third = await GivenAsync(host, client, second);
        (await Viewer.IsActiveAsync(host, Access(third))).ShouldBeTrue();
        await GivenAsync(replica, client, third);
    }

    [Fact]
    public async Task When_what_was_given_for_it_is_used_it_is_a_copy_and_ends_the_session()
    {
        (string client, Browser browser) = await BothAsync(host);
        JsonNode first = await Viewer.TokensAsync(host, browser, client);
        JsonNode second = await GivenAsync(host, client, first);
        JsonNode third = await GivenAsync(host, client, second);

        await RefusedAsync(host, client, first);

        await RefusedAsync(host, client, third);
        await ShouldBeOverAsync(host, browser, client, third);
    }

    [Fact]
    public async Task Of_two_answers_one_is_used_and_the_other_is_a_copy()
    {
        (string client, Browser browser) = await BothAsync(host);
        JsonNode first = await Viewer.TokensAsync(host, browser, client);
        JsonNode one = await GivenAsync(host, client, first);
        JsonNode other = await GivenAsync(host, client, first);
        JsonNode next = await GivenAsync(host, client, one);

        await RefusedAsync(host, client, other);

        await ShouldBeOverAsync(host, browser, client, next);
    }

    [Fact]
    public async Task Of_four_who_refresh_at_once_one_goes_on()
    {
        (string client, Browser browser) = await BothAsync(host);
        JsonNode first = await Viewer.TokensAsync(host, browser, client);
        HttpResponseMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Viewer.UntilAnsweredAsync(() => Viewer.RefreshAsync(host, client, Refresh(first)))));
        JsonNode[] told = await Task.WhenAll(answers.Select(ClientPeer.OkAsync));
        told.Select(Refresh).ShouldBeUnique();

        HttpResponseMessage[] next = await Task.WhenAll(
            told.Select(one => Viewer.UntilAnsweredAsync(() => Viewer.RefreshAsync(host, client, Refresh(one)))));

        JsonNode gone = await ClientPeer.OkAsync(next.Single(answer => answer.IsSuccessStatusCode));
        await ShouldBeOverAsync(host, browser, client, gone);
    }

    [Fact]
    public async Task Half_a_minute_after_its_first_use_it_is_a_copy_however_often_it_came_until_then()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost own = await IdentityFederationHost.StartAsync(clock: clock);
        clock.Stop();
        (string client, Browser browser) = await BothAsync(own);
        JsonNode first = await Viewer.TokensAsync(own, browser, client);
        await GivenAsync(own, client, first);
        clock.Advance(TimeSpan.FromSeconds(29));
        JsonNode second = await GivenAsync(own, client, first);
        clock.Advance(TimeSpan.FromSeconds(1));

        await RefusedAsync(own, client, first);

        await ShouldBeOverAsync(own, browser, client, second);
    }

    [Fact]
    public async Task Where_the_setting_says_so_it_is_a_copy_at_once()
    {
        await using IdentityFederationHost strict = await host.BesideAsync(("IdentityFederation:RefreshTokensGoodAgainFor", "00:00:00"));
        (string client, Browser browser) = await BothAsync(strict);
        JsonNode first = await Viewer.TokensAsync(strict, browser, client);
        JsonNode second = await GivenAsync(strict, client, first);

        await RefusedAsync(strict, client, first);

        await ShouldBeOverAsync(strict, browser, client, second);
    }

    [Fact]
    public async Task The_setting_has_a_bound()
    {
        OptionsValidationException refused = await Should.ThrowAsync<OptionsValidationException>(
            host.BesideAsync(("IdentityFederation:RefreshTokensGoodAgainFor", "00:02:01")));
        refused.Message.ShouldContain("IdentityFederation:RefreshTokensGoodAgainFor");
    }

    private static async Task<JsonNode> GivenAsync(IdentityFederationHost at, string client, JsonNode told) =>
        await ClientPeer.OkAsync(await Viewer.RefreshAsync(at, client, Refresh(told)));

    private static async Task RefusedAsync(IdentityFederationHost at, string client, JsonNode told) =>
        await ClientPeer.ShouldRefuseAsync(await Viewer.RefreshAsync(at, client, Refresh(told)), 400, "invalid_grant");

    /// <summary>Nothing of it is worth anything any more, and the session says why it ended.</summary>
    private static async Task ShouldBeOverAsync(IdentityFederationHost at, Browser browser, string client, JsonNode newest)
    {
        (await Viewer.IsActiveAsync(at, Access(newest))).ShouldBeFalse();
        await RefusedAsync(at, client, newest);
        await browser.ToSignInAsync(Browser.Request(client));
        var ended = (SessionEnded)(await at.Store.LoadAsync(Session.Streams.StreamId(browser.Session))).Events[^1].Data;
        ended.Cause.ShouldBe(SessionEnds.TokenReused);
    }

    private static string Refresh(JsonNode told) => told["refresh_token"]!.GetValue<string>();

    private static string Access(JsonNode told) => told["access_token"]!.GetValue<string>();

    private static async Task<(string Client, Browser Browser)> BothAsync(IdentityFederationHost at) =>
        (await Viewer.RegisterAsync(at, "viewer"), await Browser.SignedInAsync(at, await at.PersonAsync($"p{Guid.NewGuid():n}")));
}
