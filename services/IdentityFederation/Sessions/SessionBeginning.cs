using System.Net;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Dormancy;
using AccessGov.IdentityFederation.Federation;
using AccessGov.IdentityFederation.Groups;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.SignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.IdentityFederation.Sessions;

/// <summary>
/// Begins sessions, steps them up, and ends them when somebody signs out. The one door: whatever way somebody shows who they are, here it
/// is looked whether they may come in.
/// </summary>
internal sealed class SessionBeginning(
    IEventStore store, ICommandReach reach, OpenSessions sessions, GroupDirectory groups, SignInFailures failures, ProviderLogouts logouts,
    IOptions<SessionLimits> limits, TimeProvider clock)
{
    private const int UserAgentMax = 200;
    private static readonly Refusal MayNot = new(
        "sign_in_refused", "You cannot sign in here. Ask the service desk; nothing is wrong with what you typed.");

    private static readonly Refusal IsLocked = new(
        "person_locked", "Your account was not used for a long time and is locked: ask the service desk to unlock it.");

    /// <summary>
    /// Signs a person in who has shown who they are, and writes the cookie. Somebody who is signed in already steps up: what they showed
    /// before still counts, what was given in the session stays, and the cookie gets another key.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="person">Who.</param>
    /// <param name="proof">How they showed it now.</param>
    /// <param name="vouched">The identity provider that says so; null where they showed it here.</param>
    /// <returns>Null, or why they may not come in.</returns>
    public async Task<Refusal?> SignInAsync(HttpContext http, string person, Proof proof, Vouched? vouched = null)
    {
        var ticket = new BeginningProperties(person, proof, vouched,
            (await http.AuthenticateAsync(SessionTickets.Scheme)).Principal?.FindFirst(SessionTickets.SessionClaim)?.Value);
        try
        {
            await http.SignInAsync(SessionTickets.SignInScheme, ticket.Principal(), ticket);
            return null;
        }
        catch (RefusedAlongsideException e)
        {
            await failures.RecordAsync(person, SignInFailures.MayNotSignIn, http.Connection.RemoteIpAddress, CancellationToken.None);
            return e.Refusal;
        }
        catch (Exception e) when (CommandRunner.NotWritten(e) is { } refusal)
        {
            return refusal;
        }
    }

    /// <summary>Writes a session that begins or is stepped up, and answers the key of its cookie.</summary>
    /// <exception cref="RefusedAlongsideException">The person may not come in.</exception>
    public async Task<string> BeginAsync(HttpContext http, AuthenticationTicket ticket)
    {
        var wanted = (BeginningProperties)ticket.Properties;
        await MustStandByItAsync(http, wanted.Vouched);
        string key = OpenSessions.NewKey();
        DateTimeOffset now = clock.GetUtcNow();
        string address = (http.Connection.RemoteIpAddress ?? IPAddress.None).ToString();
        bool inside = limits.Value.IsInside(http);
        string userAgent = http.Request.Headers.UserAgent.ToString();
        var device = new SessionDevice(address, inside, userAgent.Length == 0
            ? null : userAgent[..Math.Min(UserAgentMax, userAgent.Length)]);
        SessionBounds bounds = limits.Value.BoundsOf(
            inside, (await groups.OfPeopleAsync([wanted.Person], http.RequestAborted))[wanted.Person].Select(one => one.Group), now)
            .Until(wanted.Vouched?.Statement?.Until);
        var started = new SessionStarted(wanted.Person, wanted.Proof, OpenSessions.HashOf(key), device, bounds, now,
            wanted.Vouched?.AuthenticatedAt);
        OpenSession? present = wanted.SessionId is { } id ? sessions.Find(id) : null;

        // Another person's browser is no place to go on in, and less than what a session rests on does not freshen it: it is another
        // session.
        bool goesOn = present is not null && present.State.Person == wanted.Person
            && AuthenticationContexts.Satisfies(wanted.Proof.Context, present.State.Proof.Context);
        if (present is not null && !goesOn)
        {
            await EndAsync(http, present, SessionEnds.SignedOut);
        }

        string session = goesOn ? present!.Id : CommandRunner.NewId();
        await WriteAsync(
            http, wanted.Person, session,
            state => state switch
            {
                Session.Open open => new SessionSteppedUp(
                    Both(open.Proof, wanted.Proof), started.KeySha256, now, started.AuthenticatedAt, wanted.Vouched?.Statement?.Until),
                Session.NotStarted => started,
                _ => Session.Absent,
            });
        try
        {
            await MustStandByItAsync(http, wanted.Vouched);
        }
        catch (RefusedAlongsideException)
        {
            // The provider has ended its own in this very moment, and did not see this one.
            await EndAsync(http, wanted.Person, session, SessionEnds.ProviderSignedOut);
            throw;
        }

        return key;
    }

    /// <summary>Ends a session for whoever has its cookie.</summary>
    public Task EndAsync(HttpContext http, OpenSession session, string cause) =>
        EndAsync(http, session.State.Person, session.Id, cause);

    private Task EndAsync(HttpContext http, string person, string session, string cause) =>
        WriteAsync(http, person, session, state => EndSession.Decide(state, cause, null, clock.GetUtcNow()),
            mustMayComeIn: false);

    /// <summary>What two sign-ins in one session amount to: the stronger context counts, and all methods were shown.</summary>
    internal static Proof Both(Proof before, Proof now)
    {
        string context = AuthenticationContexts.Satisfies(before.Context, now.Context) ? before.Context : now.Context;
        return new Proof(
            [.. before.Methods.Union(now.Methods, StringComparer.Ordinal)], context, now.Provider ?? before.Provider,
            now.ProviderSession ?? before.ProviderSession);
    }

    private async Task MustStandByItAsync(HttpContext http, Vouched? vouched)
    {
        if (vouched is { Provider: var issuer, Statement: { } word }
            && await logouts.RefusalOfAsync(issuer, word, http.RequestAborted) is { } refusal)
        {
            throw new RefusedAlongsideException(refusal);
        }
    }

    private async Task WriteAsync(HttpContext http, string person, string id, Func<Session, Outcome<SessionEvent>> decide,
        bool mustMayComeIn = true)
    {
        CommandResult<Session> result = await store.RunAsync(Session.Streams, id, decide,
            Caller.Metadata(http) with { Actor = person },
            alongside: mustMayComeIn
                ? (transaction, _, cancellation) => ComeInAsync(person, clock.GetUtcNow(), transaction, cancellation)
                : null,
            // What ends goes on ending when the browser has gone.
            cancellation: mustMayComeIn ? http.RequestAborted : CancellationToken.None);
        if (result is CommandResult<Session>.Refused { Reason: var refusal })
        {
            throw new RefusedAlongsideException(refusal);
        }

        if (result is CommandResult<Session>.Accepted { Receipt: var receipt })
        {
            using var patience = new CancellationTokenSource(reach.Patience, clock);
            try
            {
                await reach.ReachedAsync(await store.PositionOfAsync(receipt, patience.Token), patience.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or NpgsqlException)
            {
                // It is durable; this process will know of it a little later.
            }
        }
    }

    // In the transaction, with the row locked: whoever is let out at this moment does not slip in.
    private static async Task ComeInAsync(string person, DateTimeOffset now, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "select active and not suspended and coalesce(access_ends_at > $2, true), locked from person_directory where id = $1 for share",
            transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = person });
        command.Parameters.Add(new() { Value = now });
        Refusal? refusal = await ReadModelRows.ReadAsync(
            command, row => (MayCome: row.GetBoolean(0), Locked: row.GetBoolean(1)), cancellation) switch
        {
            [{ MayCome: true, Locked: false }] => null,
            [{ MayCome: true }] => IsLocked,
            _ => MayNot,
        };
        if (refusal is not null)
        {
            throw new RefusedAlongsideException(refusal);
        }

        await Activity.WriteAsync(person, now, transaction, cancellation);
    }

    /// <summary>What the framework carries from signing in to the store of tickets.</summary>
    private sealed class BeginningProperties(string person, Proof proof, Vouched? vouched, string? sessionId)
        : AuthenticationProperties
    {
        public string Person { get; } = person;

        public Proof Proof { get; } = proof;

        public Vouched? Vouched { get; } = vouched;

        /// <summary>The session that the browser is in already.</summary>
        public string? SessionId { get; } = sessionId;

        public System.Security.Claims.ClaimsPrincipal Principal() =>
            new(new System.Security.Claims.ClaimsIdentity([new("sub", Person)], SessionTickets.Scheme, "sub", null));
    }
}
