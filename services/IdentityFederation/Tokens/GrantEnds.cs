using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>Ends grants with all that was given in them. The events come first and may come again: whoever is interrupted in between does it all anew.</summary>
internal sealed class GrantEnds(
    IEventStore store, Issuance issuance, ITokenValidator validator, OpenSessions sessions, SessionBeginning beginning, TimeProvider clock)
{
    /// <summary>A code was shown twice, or the client gives back what it was given.</summary>
    public async Task EndAsync(HttpContext http, GrantInUse use)
    {
        DateTimeOffset now = clock.GetUtcNow();
        foreach ((string id, DateTimeOffset expiresAt) in await use.TokensAsync(http.RequestAborted))
        {
            if (expiresAt <= now)
            {
                continue;
            }

            await store.RunAsync(IssuedToken.Streams, id, state => RevokeToken.Decide(state, use.Grant.Client, expiresAt),
                Caller.Metadata(http) with { Actor = use.Grant.Client }, cancellation: http.RequestAborted);
            issuance.Revoke(id, expiresAt);
            validator.Revoke(id, expiresAt);
        }

        await use.EndAsync(http.RequestAborted);
    }

    /// <summary>A refresh token was shown twice: somebody has a copy, and nobody knows who. The session is over.</summary>
    public async Task EndSessionAsync(HttpContext http, GrantInUse use)
    {
        if (sessions.Find(use.Grant.SignedIn.Session) is { } session)
        {
            await beginning.EndAsync(http, session, SessionEnds.TokenReused);
        }

        await EndAsync(http, use);
    }
}
