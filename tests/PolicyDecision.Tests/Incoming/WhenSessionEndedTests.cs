using System.Net;
using AccessGov.Testing;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Tests.Incoming;

/// <summary>A session that is over somewhere is over here: at every replica, and after a restart.</summary>
public sealed class WhenSessionEndedTests(PolicyDecisionHost host) : IClassFixture<PolicyDecisionHost>
{
    [Fact]
    public async Task No_token_of_the_session_is_taken_any_more_at_any_replica()
    {
        await using PolicyDecisionHost replica = await host.StartReplicaAsync();
        string ended = host.TokenOfSession("s-ended", "facts.read");
        string other = host.TokenOfSession("s-other", "facts.read");
        foreach (PolicyDecisionHost each in (PolicyDecisionHost[])[host, replica])
        {
            (await StatusAsync(each, ended)).ShouldBe(HttpStatusCode.OK);
            (await StatusAsync(each, other)).ShouldBe(HttpStatusCode.OK);
        }

        await TellAsync("s-ended");

        await Eventually.HoldsAsync(async () => await StatusAsync(host, ended) == HttpStatusCode.Unauthorized, "it is over here");
        await Eventually.HoldsAsync(async () => await StatusAsync(replica, ended) == HttpStatusCode.Unauthorized, "it is over at the replica");
        (await StatusAsync(host, other)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(replica, other)).ShouldBe(HttpStatusCode.OK);
        await using PolicyDecisionHost later = await host.StartReplicaAsync();
        (await StatusAsync(later, ended)).ShouldBe(HttpStatusCode.Unauthorized, "who starts later knows of it before it is ready");
        (await StatusAsync(later, other)).ShouldBe(HttpStatusCode.OK);

        await TellAsync("s-ended");
        await TellAsync("s-other");
        await Eventually.HoldsAsync(async () => await StatusAsync(later, other) == HttpStatusCode.Unauthorized, "what is told twice disturbs nothing");
    }

    private Task TellAsync(string session) => host.TellAsync("grace", new V1.SessionEnded(session, "grace", "ended_by_security", "security", DateTimeOffset.UtcNow));

    private static async Task<HttpStatusCode> StatusAsync(PolicyDecisionHost at, string token)
    {
        using HttpResponseMessage answer = await at.SendAsync(HttpMethod.Get, "/roles", token: token);
        return answer.StatusCode;
    }
}
