using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>Many who show the same do not keep the connections that one of them needs to go on.</summary>
public sealed class RaceTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    // What the service itself keeps, and two more.
    private const int Connections = 6;

    [Fact]
    public async Task Sixteen_who_refresh_at_once_come_to_an_end_with_hardly_a_connection_left()
    {
        await using IdentityFederationHost small = await SmallAsync();
        string client = await Viewer.RegisterAsync(small, "viewer");
        Browser browser = await Browser.SignedInAsync(small, await small.PersonAsync("refresher"));
        JsonNode first = await Viewer.TokensAsync(small, browser, client);
        string token = first["refresh_token"]!.GetValue<string>();

        HttpResponseMessage[] answers = await RaceAsync(() => Viewer.RefreshAsync(small, client, token));

        answers.Count(answer => answer.IsSuccessStatusCode).ShouldBeLessThanOrEqualTo(1);
        answers.ShouldAllBe(answer => answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.BadRequest
            || answer.StatusCode == HttpStatusCode.ServiceUnavailable);
        await ClientPeer.ShouldRefuseAsync(
            await Viewer.UntilAnsweredAsync(() => Viewer.RefreshAsync(small, client, token)), 400, "invalid_grant");
        ((SessionEnded)(await small.Store.LoadAsync(Session.Streams.StreamId(browser.Session))).Events[^1].Data)
            .Cause.ShouldBe(SessionEnds.TokenReused);
    }

    [Fact]
    public async Task So_do_sixteen_who_show_a_spent_code()
    {
        await using IdentityFederationHost small = await SmallAsync();
        string client = await Viewer.RegisterAsync(small, "viewer");
        Browser browser = await Browser.SignedInAsync(small, await small.PersonAsync("redeemer"));
        string code = await browser.CodeAsync(client);
        JsonNode told = await ClientPeer.OkAsync(await Viewer.RedeemAsync(small, client, code));

        HttpResponseMessage[] answers = await RaceAsync(() => Viewer.UntilAnsweredAsync(() => Viewer.RedeemAsync(small, client, code)));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.BadRequest);
        (await Viewer.IsActiveAsync(small, told["access_token"]!.GetValue<string>())).ShouldBeFalse();
    }

    private static async Task<HttpResponseMessage[]> RaceAsync(Func<Task<HttpResponseMessage>> ask) =>
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ask())).WaitAsync(TimeSpan.FromSeconds(12));

    private Task<IdentityFederationHost> SmallAsync()
    {
        string known = host.Services.GetRequiredService<IOptions<IdentityFederationOptions>>().Value.ConnectionString;
        var few = new NpgsqlConnectionStringBuilder(known) { MaxPoolSize = Connections };
        return host.BesideAsync(
            ("IdentityFederation:ConnectionString", few.ConnectionString), ("IdentityFederation:RefreshTokensGoodAgainFor", "00:00:00"));
    }
}
