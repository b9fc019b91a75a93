using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Sessions;

/// <summary>Something happened to a session.</summary>
internal abstract record SessionEvent;

/// <summary>Somebody has signed in.</summary>
/// <param name="Person">Who.</param>
/// <param name="Proof">How they showed it.</param>
/// <param name="KeySha256">The SHA-256 of the cookie's key, which nobody but the browser has.</param>
/// <param name="Device">Where from.</param>
/// <param name="Bounds">How long it lasts at most.</param>
/// <param name="At">When.</param>
/// <param name="AuthenticatedAt">When an identity provider asked them last, if that was earlier.</param>
[EventName("session_started")]
internal sealed record SessionStarted(
    string Person, Proof Proof, string KeySha256, SessionDevice Device, SessionBounds Bounds, DateTimeOffset At,
    DateTimeOffset? AuthenticatedAt = null) : SessionEvent;

/// <summary>Whoever is signed in has shown it again, by other means perhaps. The cookie has another key from now on.</summary>
/// <param name="EndsAt">When it ends whatever happens, if that is earlier now: the provider's own session ends then.</param>
[EventName("session_stepped_up")]
internal sealed record SessionSteppedUp(
    Proof Proof, string KeySha256, DateTimeOffset At, DateTimeOffset? AuthenticatedAt = null, DateTimeOffset? EndsAt = null) : SessionEvent;

/// <summary>A session is over, and what was given in it is worth nothing.</summary>
/// <param name="Person">Whose it was.</param>
/// <param name="Cause">Why, in a word of <see cref="SessionEnds"/>.</param>
/// <param name="Reason">Why, in the words of whoever ended it for somebody else.</param>
/// <param name="At">When.</param>
[EventName("session_ended")]
internal sealed record SessionEnded(string Person, string Cause, string? Reason, DateTimeOffset At) : SessionEvent;

/// <summary>How somebody showed who they are.</summary>
/// <param name="Methods">Authentication method references (RFC 8176), for example pwd, otp, mfa.</param>
/// <param name="Context">The authentication context class (acr) that they amount to.</param>
/// <param name="Provider">The issuer of the identity provider that said so; null for a local account.</param>
/// <param name="ProviderSession">The provider's name of its session, by which it may end this one.</param>
internal sealed record Proof(IReadOnlyList<string> Methods, string Context, string? Provider = null, string? ProviderSession = null)
{
    /// <summary>Equal when all parts are: lists are compared by what is in them.</summary>
    public bool Equals(Proof? other) =>
        other is not null && Context == other.Context && Provider == other.Provider && ProviderSession == other.ProviderSession
        && Methods.SequenceEqual(other.Methods, StringComparer.Ordinal);

    public override int GetHashCode() => HashCode.Combine(Context, Provider, ProviderSession);
}

/// <param name="Address">The network address.</param>
/// <param name="Inside">Whether it is in one of the hospital's networks.</param>
/// <param name="UserAgent">What the browser says it is, at most 200 characters.</param>
internal sealed record SessionDevice(string Address, bool Inside, string? UserAgent);

/// <param name="Idle">How long nothing may happen.</param>
/// <param name="EndsAt">When it ends whatever happens.</param>
internal sealed record SessionBounds(TimeSpan Idle, DateTimeOffset EndsAt)
{
    /// <summary>The same, and no longer than until then.</summary>
    public SessionBounds Until(DateTimeOffset? end) => end < EndsAt ? this with { EndsAt = end.Value } : this;
}

/// <summary>Why sessions end.</summary>
internal static class SessionEnds
{
    /// <summary>The person signed out.</summary>
    public const string SignedOut = "signed_out";

    /// <summary>The person ended it from another one.</summary>
    public const string EndedByOwner = "ended_by_owner";

    /// <summary>Somebody with the right to ended it.</summary>
    public const string EndedBySecurity = "ended_by_security";

    /// <summary>Nothing happened for too long.</summary>
    public const string Idle = "idle";

    /// <summary>It had lasted as long as a session may.</summary>
    public const string Expired = "expired";

    /// <summary>The person is inactive, suspended or gone.</summary>
    public const string PersonEnded = "person_ended";

    /// <summary>The identity provider ended its own session.</summary>
    public const string ProviderSignedOut = "provider_signed_out";

    /// <summary>A refresh token came twice: somebody has a copy.</summary>
    public const string TokenReused = "token_reused";
}

/// <summary>What a session is.</summary>
internal abstract record Session
{
    private Session() { }

    public static StreamKind<Session, SessionEvent> Streams { get; } = new("session", new NotStarted(), Evolve);

    public static Refusal Absent { get; } = new("session_unknown", "There is no such session, or it is over.");

    public static Session Evolve(Session state, SessionEvent @event) => (state, @event) switch
    {
        (NotStarted, SessionStarted e) =>
            new Open(e.Person, e.Proof, e.KeySha256, e.Device, e.Bounds, e.At, e.AuthenticatedAt ?? e.At) { SeenAt = e.At },
        (Open open, SessionSteppedUp e) => open with
        {
            Proof = e.Proof, KeySha256 = e.KeySha256, SeenAt = e.At, Bounds = open.Bounds.Until(e.EndsAt),

            // What a provider asked longer ago makes nothing older that was shown here since.
            AuthenticatedAt = e.AuthenticatedAt is { } at && at < open.AuthenticatedAt ? open.AuthenticatedAt : e.AuthenticatedAt ?? e.At,
        },
        (Open open, SessionEnded) => new Ended(open.Person),
        _ => throw new InvalidOperationException(
            $"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the session is corrupt."),
    };

    public sealed record NotStarted : Session;

    /// <param name="Person">Whose it is.</param>
    /// <param name="Proof">How they showed it last.</param>
    /// <param name="KeySha256">The hash of the cookie's key.</param>
    /// <param name="Device">Where from.</param>
    /// <param name="Bounds">How long it lasts at most.</param>
    /// <param name="StartedAt">When they signed in first.</param>
    /// <param name="AuthenticatedAt">When they showed last who they are.</param>
    public sealed record Open(
        string Person, Proof Proof, string KeySha256, SessionDevice Device, SessionBounds Bounds, DateTimeOffset StartedAt,
        DateTimeOffset AuthenticatedAt) : Session
    {
        /// <summary>When they were here for its last event.</summary>
        public DateTimeOffset SeenAt { get; init; }
    }

    public sealed record Ended(string Person) : Session;
}
