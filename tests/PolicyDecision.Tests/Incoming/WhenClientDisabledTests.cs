using System.Net;
using AccessGov.Testing;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Tests.Incoming;

/// <summary>What a client was given before it was disabled is worth nothing here either: at every replica, and after a restart.</summary>
public sealed class WhenClientDisabledTests(PolicyDecisionHost host) : IClassFixture<PolicyDecisionHost>
{
    [Fact]
    public async Task No_token_that_it_was_given_until_then_is_taken_any_more_at_any_replica()
    {
        await using PolicyDecisionHost replica = await host.StartReplicaAsync();
        string stolen = host.TokenOfClient("stolen", "facts.read");
        string again = host.TokenOfClient("again", "facts.read");
        string other = host.TokenOfClient("other", "facts.read");
        foreach (PolicyDecisionHost each in (PolicyDecisionHost[])[host, replica])
        {
            (await StatusAsync(each, stolen)).ShouldBe(HttpStatusCode.OK);
            (await StatusAsync(each, again)).ShouldBe(HttpStatusCode.OK);
        }

        // The one was disabled before its token was given, and enabled in between.
        await TellAsync("again", DateTimeOffset.UtcNow.AddMinutes(-1));
        await TellAsync("stolen", DateTimeOffset.UtcNow);

        await using PolicyDecisionHost later = await host.StartReplicaAsync();
        foreach (PolicyDecisionHost each in (PolicyDecisionHost[])[host, replica, later])
        {
            await Eventually.HoldsAsync(async () => await StatusAsync(each, stolen) == HttpStatusCode.Unauthorized, "it is worth nothing");
            (await StatusAsync(each, again)).ShouldBe(HttpStatusCode.OK);
            (await StatusAsync(each, other)).ShouldBe(HttpStatusCode.OK);
        }

        // What is told twice, or late, takes nothing back.
        await TellAsync("stolen", DateTimeOffset.UtcNow.AddMinutes(-1));
        await TellAsync("again", DateTimeOffset.UtcNow);
        await Eventually.HoldsAsync(async () => await StatusAsync(later, again) == HttpStatusCode.Unauthorized, "it is disabled anew");
        await using PolicyDecisionHost last = await host.StartReplicaAsync();
        (await StatusAsync(last, stolen)).ShouldBe(HttpStatusCode.Unauthorized, "who starts later knows of it before it is ready");
        (await StatusAsync(last, other)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_replaced_secret_takes_what_the_client_has_for_itself_and_not_what_it_has_for_people()
    {
        string own = host.TokenOf("tests", "facts.read");
        string person = host.TokenOf("ada", "facts.read");
        string other = host.TokenOfClient("not-replaced", "facts.read");
        foreach (string token in new[] { own, person, other })
        {
            (await StatusAsync(host, token)).ShouldBe(HttpStatusCode.OK);
        }

        var message = new V1.ClientSecretReplaced("tests", "security", DateTimeOffset.UtcNow);
        await host.TellAsync("clients", message);
        await host.TellAsync("clients", message with { At = message.At.AddMinutes(-1) });

        await Eventually.HoldsAsync(async () => await StatusAsync(host, own) == HttpStatusCode.Unauthorized, "it is worth nothing");
        (await StatusAsync(host, person)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(host, other)).ShouldBe(HttpStatusCode.OK);
        await using PolicyDecisionHost later = await host.StartReplicaAsync();
        (await StatusAsync(later, own)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(later, person)).ShouldBe(HttpStatusCode.OK);
    }

    private Task TellAsync(string client, DateTimeOffset at) => host.TellAsync(
        "clients", new V1.ClientDisabled(client, "Its secret is known to others.", "security", at));

    private static async Task<HttpStatusCode> StatusAsync(PolicyDecisionHost at, string token)
    {
        using HttpResponseMessage answer = await at.SendAsync(HttpMethod.Get, "/roles", token: token);
        return answer.StatusCode;
    }
}
