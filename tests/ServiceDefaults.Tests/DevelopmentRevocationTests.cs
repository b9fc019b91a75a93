using System.Net;
using System.Text.Json;

namespace AccessGov.ServiceDefaults.Tests;

public sealed class DevelopmentRevocationTests : IAsyncLifetime
{
    private const string Secret = DevelopmentIssuer.Secret;

    private DevelopmentIssuer issuer = null!;

    public async Task InitializeAsync() => issuer = await DevelopmentIssuer.StartAsync();

    public async Task DisposeAsync() => await issuer.DisposeAsync();

    [Fact]
    public async Task A_revoked_token_stops_at_once_and_no_other_one_does()
    {
        string revoked = await TokenAsync(), other = await TokenAsync();
        foreach (string token in (string[])[revoked, other])
        {
            (await issuer.Service.GetAsync("/things", token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        // Once more says the same: nobody takes it any more.
        foreach (int _ in (int[])[1, 2])
        {
            using HttpResponseMessage answer = await RevokeAsync($"pacs:{Secret}", ("token", revoked), ("token_type_hint", "access_token"));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        }

        HttpResponseMessage refused = await issuer.Service.GetAsync("/things", revoked);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("The token was revoked.");
        (await issuer.Service.GetAsync("/things", other)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("a.b.c")]
    [InlineData("t\u00e4st")]
    public async Task Revoking_what_is_no_token_is_done_already(string token) =>
        (await RevokeAsync($"pacs:{Secret}", ("token", token))).StatusCode.ShouldBe(HttpStatusCode.OK);

    [Fact]
    public async Task Only_the_client_it_was_given_to_revokes_a_token()
    {
        string token = await TokenAsync();

        await OAuthRefusalAsync(await RevokeAsync($"viewer:{Secret}", ("token", token)), HttpStatusCode.BadRequest, "unauthorized_client");
        await OAuthRefusalAsync(await RevokeAsync("pacs:wrong", ("token", token)), HttpStatusCode.Unauthorized, "invalid_client");
        await OAuthRefusalAsync(await RevokeAsync(null, ("token", token)), HttpStatusCode.Unauthorized, "invalid_client");
        await OAuthRefusalAsync(await RevokeAsync($"pacs:{Secret}"), HttpStatusCode.BadRequest, "invalid_request");
        (await issuer.Service.GetAsync("/things", token)).StatusCode.ShouldBe(HttpStatusCode.OK);

        static async Task OAuthRefusalAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
        {
            answer.StatusCode.ShouldBe(status);
            JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString().ShouldBe(code);
        }
    }

    private async Task<string> TokenAsync() =>
        (await issuer.AskAsync($"pacs:{Secret}", ("grant_type", "client_credentials"))).Answer.GetProperty("access_token").GetString()!;

    private Task<HttpResponseMessage> RevokeAsync(string? basic, params (string Name, string Value)[] form) =>
        issuer.PostAsync("/development/revoke", basic, form);
}
