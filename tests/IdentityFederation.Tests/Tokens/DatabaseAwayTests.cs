using System.Net;
using AccessGov.Testing;

namespace AccessGov.IdentityFederation.Tests.Tokens;

public sealed class DatabaseAwayTests
{
    [Fact]
    public async Task While_the_database_is_away_a_secret_is_enough_and_what_must_be_written_waits()
    {
        await using PostgresServer server = await PostgresServer.StartPrivateAsync();
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync(server);
        ClientPeer knows = await ClientPeer.WithSecretAsync(host, "knows");
        ClientPeer signs = await ClientPeer.WithKeyAsync(host, "signs");
        string token = await knows.TokenAsync();
        server.Kill();

        (await knows.AskAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
        using HttpResponseMessage unsure = await signs.AskWithAssertionAsync(signs.Assertion(TimeProvider.System.GetUtcNow()));
        unsure.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, "an assertion may have been shown elsewhere");
        using HttpResponseMessage revoked = await knows.SendAsync("/oauth/revoke", ("token", token));
        revoked.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, "a revocation that is not durable is none");
    }
}
