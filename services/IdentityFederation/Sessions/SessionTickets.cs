using System.Security.Claims;
using AccessGov.EventSourcing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AccessGov.IdentityFederation.Sessions;

/// <summary>
/// Sessions as the framework's cookies see them: the cookie holds a key and nothing else, the session is here. A key that was signed out, or replaced
/// when somebody showed again who they are, opens nothing.
/// </summary>
internal sealed class SessionTickets(OpenSessions sessions, SessionBeginning beginning, IHttpContextAccessor http, TimeProvider clock) : ITicketStore
{
    /// <summary>The scheme that reads the cookie.</summary>
    public const string Scheme = "session";

    /// <summary>
    /// The scheme that writes the cookie. It never reads one, so that signing in gives a new key whatever the browser sent: nobody can have known it before.
    /// </summary>
    public const string SignInScheme = "session-sign-in";

    /// <summary>The session's id among the claims of whoever is signed in.</summary>
    public const string SessionClaim = "sid";

    /// <summary>Whoever is signed in, as they are told apart in a request.</summary>
    public static ClaimsPrincipal PrincipalOf(OpenSession session) => new(new ClaimsIdentity(
        [new("sub", session.State.Person), new(SessionClaim, session.Id), new("acr", session.State.Proof.Context)], Scheme, "sub", null));

    public Task<string> StoreAsync(AuthenticationTicket ticket) => beginning.BeginAsync(
        http.HttpContext ?? throw new InvalidOperationException("A session begins in a request."), ticket);

    // What a session is changes by events only.
    public Task RenewAsync(string key, AuthenticationTicket ticket) => Task.CompletedTask;

    public Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        if (sessions.FindByKey(key) is not { } session)
        {
            return Task.FromResult<AuthenticationTicket?>(null);
        }

        session.Seen(clock.GetUtcNow());
        return Task.FromResult<AuthenticationTicket?>(new AuthenticationTicket(
            PrincipalOf(session), new AuthenticationProperties { ExpiresUtc = session.State.Bounds.EndsAt }, Scheme));
    }

    public Task RemoveAsync(string key) => sessions.FindByKey(key) is { } session
        ? beginning.EndAsync(http.HttpContext!, session, SessionEnds.SignedOut)
        : Task.CompletedTask;
}
