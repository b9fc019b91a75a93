using System.Net;
using AccessGov.IdentityFederation.Tokens;
using AccessGov.Testing;

namespace AccessGov.IdentityFederation.Tests.Tokens;

public sealed class RevocationTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    [Trait("Requirement", "S17")]
    public async Task A_revoked_token_is_worth_nothing_at_once_soon_at_a_replica_and_after_a_restart()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "revoking", "people.read", IntrospectToken.Scope);
        (string token, string other) = (await client.TokenAsync(), await client.TokenAsync());
        await using IdentityFederationHost replica = await host.BesideAsync();
        (await ReadAsync(host, token)).ShouldBe(HttpStatusCode.OK);
        (await ReadAsync(replica, token)).ShouldBe(HttpStatusCode.OK);

        (await client.SendAsync("/oauth/revoke", ("token", token))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ReadAsync(host, token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await ActiveAsync(client, token)).ShouldBeFalse();
        await Eventually.HoldsAsync(async () => await ReadAsync(replica, token) == HttpStatusCode.Unauthorized, "the replica has heard of it");

        await using IdentityFederationHost restarted = await host.BesideAsync();
        (await ReadAsync(restarted, token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await ReadAsync(restarted, other)).ShouldBe(HttpStatusCode.OK);
        (await ReadAsync(host, other)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Revoking_what_is_no_good_token_is_done_already()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "repeated");
        string token = await client.TokenAsync();
        foreach (string what in new[] { token, token, "no token", host.TokenOf("grace", "people.read") })
        {
            (await client.SendAsync("/oauth/revoke", ("token", what), ("token_type_hint", "refresh_token"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_client_revokes_its_own_tokens_only()
    {
        ClientPeer owner = await ClientPeer.WithSecretAsync(host, "owner", "people.read");
        ClientPeer other = await ClientPeer.WithSecretAsync(host, "other");
        string token = await owner.TokenAsync();
        await ClientPeer.ShouldRefuseAsync(await other.SendAsync("/oauth/revoke", ("token", token)), 400, "unauthorized_client");
        await ClientPeer.ShouldRefuseAsync(await ClientPeer.SendAsync(host, "/oauth/revoke", null, ("token", token)), 401, "invalid_client");
        await ClientPeer.ShouldRefuseAsync(await owner.SendAsync("/oauth/revoke"), 400, "invalid_request");
        (await ReadAsync(host, token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_a_client_has_is_worth_nothing_when_it_is_disabled()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "losing", "people.read");
        string token = await client.TokenAsync();
        (await ReadAsync(host, token)).ShouldBe(HttpStatusCode.OK);
        await host.PostAsync("/clients/losing/disable", new { reason = "An alert." });
        (await ReadAsync(host, token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task<HttpStatusCode> ReadAsync(IdentityFederationHost at, string token)
    {
        using HttpResponseMessage answer = await at.SendAsync(HttpMethod.Get, "/people", token: token);
        return answer.StatusCode;
    }

    private static async Task<bool> ActiveAsync(ClientPeer client, string token) =>
        (await ClientPeer.OkAsync(await client.SendAsync("/oauth/introspect", ("token", token))))["active"]!.GetValue<bool>();
}
