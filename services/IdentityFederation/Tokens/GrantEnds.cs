using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Ends grants with all that was given in them. First nothing more is given, then the events come; they may come again: whoever is
/// interrupted in between does it all anew when the same is shown once more.
/// </summary>
internal sealed class GrantEnds(
    IEventStore store, Issuance issuance, ITokenValidator validator, OpenSessions sessions, SessionBeginning beginning, TimeProvider clock)
{
    /// <summary>A code was shown twice, or the client gives back what it was given.</summary>
    public async Task EndAsync(HttpContext http, GrantInUse use)
    {
        // What ends goes on ending when whoever asked has gone.
        IReadOnlyList<(string Id, DateTimeOffset ExpiresAt)> tokens = await use.EndAsync(CancellationToken.None);
        DateTimeOffset now = clock.GetUtcNow();
        foreach ((string id, DateTimeOffset expiresAt) in tokens.Where(token => token.ExpiresAt > now))
        {
            await store.RunAsync(IssuedToken.Streams, id, state => RevokeToken.Decide(state, use.Grant.Client, expiresAt),
                Caller.Metadata(http) with { Actor = use.Grant.Client }, cancellation: CancellationToken.None);
            issuance.Revoke(id, expiresAt);
            validator.Revoke(id, expiresAt);
        }
    }

    /// <summary>A refresh token was shown twice: somebody has a copy, and nobody knows who. The session is over.</summary>
    public async Task EndSessionAsync(HttpContext http, GrantInUse use)
    {
        await EndAsync(http, use);
        if (sessions.Find(use.Grant.SignedIn.Session) is { } session)
        {
            await beginning.EndAsync(http, session, SessionEnds.TokenReused);
        }
    }
}
