using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Networks;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.PolicyDrafts;
using AccessGov.PolicyDecision.Relations;
using AccessGov.PolicyDecision.Users;
using Npgsql;

namespace AccessGov.PolicyDecision.TimeTravel;

/// <summary>
/// From when until when each event says what holds, and of whom: where to find the few events that a question about the past depends on. An
/// event ends the one before it in its stream. Events count in the order of the store: one counts from the instant at which it and all
/// before it had been recorded.
/// </summary>
internal sealed class FactIntervals : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists fact_interval (
            position bigint primary key, stream text collate "C" not null, kind text not null, subject text collate "C", scope text collate "C", role text, patient text collate "C",
            opened_at timestamptz not null, ended bigint, ended_at timestamptz,
            -- The bounds that a grant says itself.
            holds_from timestamptz, holds_until timestamptz);
        create unique index if not exists fact_interval_open on fact_interval (stream) where ended is null;
        create index if not exists fact_interval_by_subject on fact_interval (subject, scope) where subject is not null;
        create index if not exists fact_interval_by_scope on fact_interval (scope, subject) include (role, opened_at, ended_at) where scope is not null;
        create index if not exists fact_interval_by_patient on fact_interval (patient) where patient is not null;
        create index if not exists fact_interval_common on fact_interval (stream, position) where subject is null;
        create table if not exists fact_clock (singleton boolean primary key default true check (singleton), recorded_at timestamptz not null);
        """;

    public const string PolicySetKind = "policy-set";
    public const string Family = "relation/family";
    public const string Self = "relation/self";

    /// <summary>The scope of what keeps somebody out everywhere.</summary>
    public const string Standing = "standing";

    public const string Subscription = "FactIntervals";

    public string Name => Subscription;

    public static string SubjectOf(string type, string id) => $"{type}/{id}";

    public static SubjectKey KeyOf(string subject) => subject.IndexOf('/', StringComparison.Ordinal) is var slash ? new(subject[..slash], subject[(slash + 1)..]) : default;

    public static string ScopeOf(GrantScopeKind kind, string? id) => id is null ? Lower(kind) : $"{Lower(kind)}/{id}";

    public async Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand("select recorded_at from fact_clock", transaction.Connection, transaction);
        DateTimeOffset at = await read.ExecuteScalarAsync(cancellation) is DateTime known ? new DateTimeOffset(known, TimeSpan.Zero) : DateTimeOffset.MinValue;
        await using var statements = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (StoredEvent stored in batch)
        {
            at = stored.RecordedAt > at ? stored.RecordedAt.ToUniversalTime() : at;
            if (stored.Version > 1)
            {
                statements.BatchCommands.Add(ReadModelRows.Statement(
                    "update fact_interval set ended = $2, ended_at = $3 where stream = $1 and ended is null and position < $2", stored.StreamId, stored.Position, at));
            }

            if (RowOf(stored) is var (kind, subject, scope, role, patient))
            {
                var grant = stored.Data as GrantGiven;
                statements.BatchCommands.Add(ReadModelRows.Statement(
                    """
                    insert into fact_interval (position, stream, kind, subject, scope, role, patient, opened_at, holds_from, holds_until)
                    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (position) do nothing
                    """,
                    stored.Position, stored.StreamId, kind, subject, scope, role, patient, at, grant?.From.ToUniversalTime(), grant?.Until?.ToUniversalTime()));
            }
        }

        statements.BatchCommands.Add(ReadModelRows.Statement(
            "insert into fact_clock (recorded_at) values ($1) on conflict (singleton) do update set recorded_at = excluded.recorded_at", at));
        await statements.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>What the event says from now on, of whom; null when it only ends what was said before.</summary>
    private static (string Kind, string? Subject, string? Scope, string? Role, string? Patient)? RowOf(StoredEvent stored) => stored.Data switch
    {
        GrantGiven e => ("grant", SubjectOf(e.SubjectType, e.SubjectId), ScopeOf(e.ScopeKind, e.ScopeId), e.Role, null),
        RelationStarted e => ("relation", SubjectOf("User", e.User), $"relation/{Lower(e.Kind)}", null, e.Patient),
        UserSuspended => ("user", SubjectOf("User", Suspension.Streams.IdOf(stored.StreamId)), Standing, null, null),
        UserLeft => ("user", SubjectOf("User", Departure.Streams.IdOf(stored.StreamId)), Standing, null, null),
        UserLocked => ("user", SubjectOf("User", AccountLock.Streams.IdOf(stored.StreamId)), Standing, null, null),
        UserReinstated or UserReturned or UserUnlocked => null,
        GrantRevoked or RelationEnded or NetworkListRemoved or DutySeparationRemoved => null,

        // What was asked for or drafted holds of nobody.
        AccessRequestEvent or PolicyDraftEvent => null,
        PolicySetEvent => (PolicySetKind, null, null, null, null),
        _ => ("common", null, null, null, null),
    };

    private static string Lower<T>(T kind)
        where T : struct, Enum => $"{kind}".ToLowerInvariant();
}
