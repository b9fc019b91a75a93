using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>All cases with what became of them: the queue of those who judge, and everybody's own.</summary>
internal sealed class CaseList(NpgsqlDataSource database) : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists emergency_case (
            id text collate "C" primary key,
            person text collate "C" not null, patient text collate "C" not null, study text, role text not null, reason_code text not null,
            practice boolean not null, invoked_at timestamptz not null, until_at timestamptz not null, review_due timestamptz not null,
            ended_at timestamptz, end_cause text, owner text, level integer not null default 0, level_name text,
            overdue boolean not null default false,
            verdict text, late boolean, reviewer text, reviewed_at timestamptz, follow_up_open boolean not null default false,
            invoker_role text collate "C" not null, score integer, score_reasons text[], department text collate "C");
        alter table emergency_case add column if not exists edge text collate "C";
        alter table emergency_case add column if not exists received_at timestamptz;
        alter table emergency_case add column if not exists said_to_be text;
        alter table emergency_case add column if not exists named boolean not null default true;
        create index if not exists emergency_case_of on emergency_case (person, id);
        create index if not exists emergency_case_about on emergency_case (patient, id);
        create index if not exists emergency_case_of_since on emergency_case (person, invoked_at);
        create index if not exists emergency_case_about_since on emergency_case (patient, invoked_at);
        create index if not exists emergency_case_since on emergency_case (practice, invoked_at);
        create index if not exists emergency_case_unjudged on emergency_case (review_due, id) where verdict is null or follow_up_open;
        """;

    /// <summary>What it is followed by; whoever reads the table elsewhere waits for this.</summary>
    public const string Subscription = "EmergencyCaseList";

    private static readonly Dictionary<string, string> States = new(StringComparer.Ordinal)
    {
        ["active"] = "ended_at is null",
        ["awaiting_review"] = "ended_at is not null and verdict is null",
        ["overdue"] = "verdict is null and overdue",
        ["open"] = "verdict is null",
        ["follow_up"] = "follow_up_open",
        ["reviewed"] = "verdict is not null",
    };

    public string Name => Subscription;

    /// <param name="State">active, awaiting_review, reviewed.</param>
    /// <param name="Edge">The edge at which it was taken while AccessGov could not be asked; null when it was taken here.</param>
    /// <param name="SaidToBe">Who they said they are at a station, which proves nothing; null when it was not taken at one.</param>
    public sealed record Item(
        string Id, string Person, string Patient, string? Study, string Role, string ReasonCode, bool Practice, DateTimeOffset InvokedAt,
        DateTimeOffset Until, DateTimeOffset ReviewDue, DateTimeOffset? EndedAt, string? EndCause, string? Owner, int Level,
        string? LevelName,
        bool Overdue, string? Verdict, bool? Late, string? Reviewer, DateTimeOffset? ReviewedAt, bool FollowUpOpen, string State,
        string? Edge, string? SaidToBe);

    public Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ReadModelRows.ChangeAsync(batch, Change, transaction, cancellation);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/emergency-access", async (CaseList list, HttpContext http, int? limit, string? after) =>
                Paging.Of(limit, after) is not { } paging ? Refusals.Answer(Paging.Malformed)
                : Caller.Person(http) is not { } person ? Refusals.Answer(Refusals.NoPerson)
                : Results.Ok(Paging.Page("cases", paging, await list.ReadOwnAsync(person, paging, http.RequestAborted), item => item.Id)))
            .RequireAuthorization(InvokeEmergencyAccess.Scope);
        routes.MapGet(
            "/emergency-cases", async (CaseList list, HttpContext http, string? state, string? person, int? limit, string? after) =>
                Paging.Of(limit, after) is not { } paging ? Refusals.Answer(Paging.Malformed)
                : state is not null && !States.ContainsKey(state)
                    ? Refusals.Answer(new Refusal("state_unknown", $"state is one of {string.Join(", ", States.Keys)}."))
                : Results.Ok(
                    Paging.Page("cases", paging, await list.ReadAsync(state, person, paging, http.RequestAborted), item => item.Id)))
            .RequireAuthorization(ReviewEmergencyAccess.Scope);
    }

    /// <summary>Somebody's own, without who judges them.</summary>
    private async Task<IReadOnlyList<Item>> ReadOwnAsync(string person, Paging paging, CancellationToken cancellation) =>
        [.. (await ReadAsync(null, person, paging, cancellation)).Select(item => item with { Owner = null, Reviewer = null })];

    /// <summary>A page of cases in the order of their ids, which is the order of time.</summary>
    private async Task<IReadOnlyList<Item>> ReadAsync(string? state, string? person, Paging paging, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            $"""
            select id, person, patient, study, role, reason_code, practice, invoked_at, until_at, review_due, ended_at, end_cause, owner,
                level, level_name, overdue, verdict, late, reviewer, reviewed_at, follow_up_open, edge, said_to_be
            from emergency_case where {(state is null ? "true" : States[state])}
                and ($1::text is null or person = $1) and ($2::text is null or id > $2) order by id limit $3
            """);
        read.Parameters.Add(ReadModelRows.Optional(person, NpgsqlDbType.Text));
        read.Parameters.Add(ReadModelRows.Optional(paging.After, NpgsqlDbType.Text));
        read.Parameters.Add(new() { Value = paging.Limit });
        return await ReadModelRows.ReadAsync(read, ItemOf, cancellation);
    }

    private static Item ItemOf(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), ReadModelRows.Text(row, 3), row.GetString(4), row.GetString(5),
        row.GetBoolean(6), row.GetFieldValue<DateTimeOffset>(7), row.GetFieldValue<DateTimeOffset>(8),
        row.GetFieldValue<DateTimeOffset>(9), ReadModelRows.Instant(row, 10),
        ReadModelRows.Text(row, 11), ReadModelRows.Text(row, 12), row.GetInt32(13), ReadModelRows.Text(row, 14), row.GetBoolean(15),
        ReadModelRows.Text(row, 16), row.IsDBNull(17) ? null : row.GetBoolean(17), ReadModelRows.Text(row, 18),
        ReadModelRows.Instant(row, 19),
        row.GetBoolean(20), !row.IsDBNull(16) ? "reviewed" : row.IsDBNull(10) ? "active" : "awaiting_review", ReadModelRows.Text(row, 21),
        ReadModelRows.Text(row, 22));

    private static NpgsqlBatchCommand? Change(StoredEvent stored)
    {
        string id = stored.Data is EmergencyGrantEvent ? EmergencyGrant.Streams.IdOf(stored.StreamId) : "";
        return stored.Data switch
        {
            EmergencyAccessInvoked e => Invoked(id, e),
            EmergencyAccessEnded e => ReadModelRows.Statement(
                "update emergency_case set ended_at = $2, end_cause = $3 where id = $1", id, e.At.ToUniversalTime(), e.Cause),
            EmergencyReviewTaken e => ReadModelRows.Statement("update emergency_case set owner = $2 where id = $1", id, e.Reviewer),
            EmergencyReviewEscalated e => ReadModelRows.Statement(
                "update emergency_case set level = $2, level_name = $3 where id = $1", id, e.Level, e.Name),
            EmergencyReviewOverdue => ReadModelRows.Statement("update emergency_case set overdue = true where id = $1", id),
            EmergencyAccessReviewed e => Reviewed(id, e),
            EmergencyFollowUpClosed => ReadModelRows.Statement("update emergency_case set follow_up_open = false where id = $1", id),

            // What the clinician says, and what was opened at an edge, stands in the case itself.
            _ => null,
        };
    }

    private static NpgsqlBatchCommand Reviewed(string id, EmergencyAccessReviewed e)
    {
        NpgsqlBatchCommand update = ReadModelRows.Statement(
            """
            update emergency_case set verdict = $2, late = $3, reviewer = $4, reviewed_at = $5, follow_up_open = $6, score = $7,
                score_reasons = $8, department = $9 where id = $1
            """,
            id, e.Verdict.ToString().ToLowerInvariant(), e.Late, e.Reviewer, e.At.ToUniversalTime(), e.Verdict != Verdict.Justified);
        update.Parameters.Add(ReadModelRows.Optional(e.Score, NpgsqlDbType.Integer));
        update.Parameters.Add(ReadModelRows.Optional(e.ScoreReasons?.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text));
        update.Parameters.Add(ReadModelRows.Optional(e.Department, NpgsqlDbType.Text));
        return update;
    }

    private static NpgsqlBatchCommand Invoked(string id, EmergencyAccessInvoked e)
    {
        NpgsqlBatchCommand insert = ReadModelRows.Statement(
            """
            insert into emergency_case
                (id, person, patient, role, reason_code, practice, invoked_at, until_at, review_due, invoker_role, named, study, edge,
                    received_at, said_to_be)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict (id) do nothing
            """,
            id, e.Person, e.Patient, e.Role, e.ReasonCode, e.Practice, e.At.ToUniversalTime(), e.Until.ToUniversalTime(),
            e.ReviewDue.ToUniversalTime(), e.InvokerRole, e.NamesPerson());
        insert.Parameters.Add(ReadModelRows.Optional(e.Study, NpgsqlDbType.Text));
        insert.Parameters.Add(ReadModelRows.Optional(e.Offline?.Edge, NpgsqlDbType.Text));
        insert.Parameters.Add(ReadModelRows.Optional(e.Offline?.ReceivedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz));
        insert.Parameters.Add(ReadModelRows.Optional(e.Offline?.SaidToBe, NpgsqlDbType.Text));
        return insert;
    }
}
