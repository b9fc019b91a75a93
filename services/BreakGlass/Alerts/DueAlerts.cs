using AccessGov.BreakGlass.Drills;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.BreakGlass.Offline;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.BreakGlass.Alerts;

/// <summary>
/// What is to be told to whom, from the events of the cases, and whether it was. Rows and the subscription's progress commit together, so
/// nothing is forgotten; an alert that is sent and whose row could not be marked is sent again with the same id.
/// </summary>
internal sealed class DueAlerts(
    NpgsqlDataSource database, IEventStore store, IOptions<AlertsOptions> options, IOptions<BreakGlassOptions> rules, TimeProvider clock)
    : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists emergency_alert (
            id uuid not null, audience text not null, case_id text collate "C" not null, kind text not null, practice boolean not null,
            person text not null, reason_code text not null, at timestamptz not null, review_due timestamptz not null,
            failed text[] not null default '{}', attempts integer not null default 0, due_at timestamptz, channel text,
            delivered_at timestamptz,
            primary key (id, audience));
        alter table emergency_alert add column if not exists note text not null default '';
        alter table emergency_alert add column if not exists about_channel text;
        alter table emergency_alert add column if not exists failure text;
        create index if not exists emergency_alert_due on emergency_alert (due_at) where due_at is not null;
        create index if not exists emergency_alert_of on emergency_alert (case_id);
        """;

    // Whoever took an alert and died is done with it after so long.
    private static readonly TimeSpan Taken = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>Wakes whoever sends alerts.</summary>
    public Signal Added { get; } = new();

    public string Name => "EmergencyAlerts";

    /// <param name="DeliveredAt">When a channel took it; null while none has.</param>
    public sealed record Item(
        Guid Id, string Case, string Kind, string Audience, bool Practice, DateTimeOffset At, IReadOnlyList<string> Failed, string? Channel,
        DateTimeOffset? DeliveredAt);

    /// <summary>Whom an event concerns.</summary>
    /// <param name="event">What happened.</param>
    /// <param name="audiences">The channels of each audience.</param>
    /// <param name="reviewer">The first who is called to judge: at the invocation, where channels lead to them.</param>
    public static IEnumerable<(string Kind, string Audience)> AudiencesOf(
        object @event, IDictionary<string, IReadOnlyList<string>> audiences, string reviewer)
    {
        (string Kind, string Audience)[] told = [.. ConcernedBy(@event, audiences, reviewer).Distinct()];
        return @event is not AlertChannelEvent && audiences.ContainsKey(Alert.PacsAdministrator)
            ? told.Concat(told.Where(one => one.Audience == Alert.Security).Select(one => (one.Kind, Alert.PacsAdministrator)))
            : told;
    }

    private static IEnumerable<(string Kind, string Audience)> ConcernedBy(
        object @event, IDictionary<string, IReadOnlyList<string>> audiences, string reviewer) => @event switch
    {
        EmergencyAccessInvoked when audiences.ContainsKey(reviewer) =>
            [("invoked", Alert.Security), ("invoked", Alert.Compliance), ("invoked", reviewer)],
        EmergencyAccessInvoked => [("invoked", Alert.Security), ("invoked", Alert.Compliance)],
        EmergencyReviewEscalated e => [("escalated", audiences.ContainsKey(e.Name) ? e.Name : Alert.Compliance)],
        EmergencyReviewOverdue => [("overdue", Alert.Security), ("overdue", Alert.Compliance)],
        EmergencyDrillDue => [(Alert.DrillDue, Alert.Compliance)],
        EmergencyEdgeAlarmRaised => [(Alert.EdgeAlarm, Alert.Security)],
        AlertChannelFailed e => WithAnotherThan(e.Channel, audiences).Select(audience => (Alert.ChannelFailed, audience)),
        AlertChannelRecovered e => WithAnotherThan(e.Channel, audiences).Select(audience => (Alert.ChannelRecovered, audience)),
        EmergencyAccessReviewed { Verdict: not Verdict.Justified } => [("unjustified", Alert.Security), ("unjustified", Alert.Compliance)],
        _ => [],
    };

    /// <summary>Whoever was to be told by the channel, and security, who sees to it; nobody whom no other channel leads to.</summary>
    private static IEnumerable<string> WithAnotherThan(string channel, IDictionary<string, IReadOnlyList<string>> audiences) => audiences
        .Where(audience => (audience.Key == Alert.Security || audience.Value.Contains(channel, StringComparer.Ordinal))
            && audience.Value.Any(name => name != channel))
        .Select(audience => audience.Key);

    public async Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        bool any = false;
        foreach (StoredEvent stored in batch)
        {
            foreach ((string kind, string audience) in AudiencesOf(stored.Data, options.Value.Audiences, rules.Value.Levels[0].Name))
            {
                await InsertAsync(stored, kind, audience, transaction, cancellation);
                any = true;
            }
        }

        if (any)
        {
            // It is read after the commit, or at the next pause.
            Added.Pulse();
        }
    }

    /// <summary>Takes one that is due; null when none is. Whoever takes it says how it ended, or it is due again.</summary>
    public async Task<Alert?> TakeAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using NpgsqlCommand take = database.CreateCommand(
            """
            update emergency_alert set due_at = $2 where (id, audience) = (
                select id, audience from emergency_alert where due_at <= $1 order by due_at limit 1 for update skip locked)
            returning id, case_id, kind, audience, practice, person, reason_code, at, review_due, failed, note, about_channel, failure
            """);
        take.Parameters.Add(new() { Value = now });
        take.Parameters.Add(new() { Value = now + Taken });
        return await ReadModelRows.ReadAsync(
            take, row => new Alert(
                row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetBoolean(4), row.GetString(5), row.GetString(6),
                row.GetFieldValue<DateTimeOffset>(7), row.GetFieldValue<DateTimeOffset>(8), row.GetFieldValue<string[]>(9),
                row.GetString(10), ReadModelRows.Text(row, 11), ReadModelRows.Text(row, 12)), cancellation) is [var one]
            ? one
            : null;
    }

    /// <summary>A channel took it.</summary>
    public Task DeliveredAsync(Alert alert, string channel, CancellationToken cancellation) => ExecuteAsync(
        "update emergency_alert set due_at = null, channel = $3, delivered_at = $4 where id = $1 and audience = $2", cancellation,
        alert.Id, alert.Audience, channel, clock.GetUtcNow());

    /// <summary>No channel took it: it is tried again, after a second and then after longer and longer.</summary>
    public Task PutOffAsync(Alert alert, IReadOnlyList<string> failed, CancellationToken cancellation) => ExecuteAsync(
        """
        update emergency_alert set failed = $3, attempts = attempts + 1,
            due_at = $4::timestamptz + least($5, interval '1 second' * power(2, least(attempts, 10)))
        where id = $1 and audience = $2
        """, cancellation, alert.Id, alert.Audience, failed.ToArray(), clock.GetUtcNow(), LongestPause);

    /// <summary>How many wait since longer than they may, and the newest of all.</summary>
    public async Task<(long Late, IReadOnlyList<Item> Newest)> ReadAsync(string? caseId, CancellationToken cancellation)
    {
        await using NpgsqlCommand count =
            database.CreateCommand("select count(*) from emergency_alert where due_at is not null and at < $1");
        count.Parameters.Add(new() { Value = clock.GetUtcNow() - TimeSpan.FromSeconds(30) });
        long late = (long)(await count.ExecuteScalarAsync(cancellation))!;
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select id, case_id, kind, audience, practice, at, failed, channel, delivered_at from emergency_alert
            where $1::text is null or case_id = $1 order by at desc, id, audience limit 200
            """);
        read.Parameters.Add(ReadModelRows.Optional(caseId, NpgsqlDbType.Text));
        return (late, await ReadModelRows.ReadAsync(
            read, row => new Item(
                row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetBoolean(4),
                row.GetFieldValue<DateTimeOffset>(5),
                row.GetFieldValue<string[]>(6), ReadModelRows.Text(row, 7), ReadModelRows.Instant(row, 8)), cancellation));
    }

    private async Task InsertAsync(
        StoredEvent stored, string kind, string audience, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        // A reminder of drills is about no case and nobody, what is said of a channel is, too, and an alarm of an edge is about the edge.
        EmergencyAccessInvoked? invoked = stored.Data switch
        {
            EmergencyAccessInvoked own => own,
            EmergencyGrantEvent => (EmergencyAccessInvoked)(await store.LoadAsync(stored.StreamId, cancellation)).Events[0].Data,
            _ => null,
        };
        // Its own time names the day in which it stands.
        var alarm = stored.Data as EmergencyEdgeAlarmRaised;
        await using var insert = new NpgsqlCommand(
            """
            insert into emergency_alert
                (id, audience, case_id, kind, practice, person, reason_code, at, review_due, note, about_channel, failure, due_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $8) on conflict do nothing
            """, transaction.Connection, transaction);
        object[] values =
        [
            stored.Id, audience, invoked is null ? "" : EmergencyGrant.Streams.IdOf(stored.StreamId), kind, invoked?.Practice ?? false,
            invoked?.Person ?? alarm?.Edge ?? "",
            invoked?.ReasonCode ?? alarm?.Code ?? "", (alarm?.At ?? stored.RecordedAt).ToUniversalTime(),
            (invoked?.ReviewDue ?? stored.RecordedAt).ToUniversalTime(), invoked is null ? "" : Alert.NoteOf(invoked),
        ];
        Array.ForEach(values, value => insert.Parameters.Add(new() { Value = value }));
        (string? channel, string? failure) = stored.Data switch
        {
            AlertChannelFailed e => (e.Channel, e.Failure),
            AlertChannelRecovered e => (e.Channel, null),
            _ => ((string?)null, (string?)null),
        };
        insert.Parameters.Add(ReadModelRows.Optional(channel, NpgsqlDbType.Text));
        insert.Parameters.Add(ReadModelRows.Optional(failure, NpgsqlDbType.Text));
        await insert.ExecuteNonQueryAsync(cancellation);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation, params object[] values)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        Array.ForEach(values, value => command.Parameters.Add(new() { Value = value }));
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
