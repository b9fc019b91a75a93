using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Sessions;
using Npgsql;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Who is to be told that a session is over: each client that was given something in it, from the event on until it has heard of it. Nothing is lost when the
/// service stops in between.
/// </summary>
internal sealed class LogoutNotices(NpgsqlDataSource database, TimeProvider clock) : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists logout_notice (
            session text not null, client text not null, person text not null, attempts int not null default 0, due_at timestamptz not null,
            ended_at timestamptz not null, primary key (session, client));
        create index if not exists logout_notice_by_due on logout_notice (due_at);
        """;

    private const int BatchMax = 20;

    // Whoever has taken a notice has so long to deliver it before somebody else tries.
    private static readonly TimeSpan Taken = TimeSpan.FromSeconds(30);

    /// <param name="Session">Which session is over.</param>
    /// <param name="Client">Who is told.</param>
    /// <param name="Person">Whose it was.</param>
    /// <param name="Attempts">How often it was tried, this time included.</param>
    /// <param name="EndedAt">When the session ended.</param>
    public sealed record Notice(string Session, string Client, string Person, int Attempts, DateTimeOffset EndedAt);

    public string Name => "LogoutNotices";

    public Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ReadModelRows.ChangeAsync(
            batch,
            stored => stored.Data is SessionEnded ended
                ? ReadModelRows.Statement(
                    """
                    insert into logout_notice (session, client, person, due_at, ended_at)
                    select distinct session, client, person, $2::timestamptz, $2 from authorization_grant where session = $1 on conflict do nothing
                    """, Session.Streams.IdOf(stored.StreamId), ended.At)
                : null,
            transaction, cancellation);

    /// <summary>Takes those that are due.</summary>
    public async Task<IReadOnlyList<Notice>> TakeAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using NpgsqlCommand command = database.CreateCommand(
            """
            update logout_notice set due_at = $2, attempts = attempts + 1
            where (session, client) in (select session, client from logout_notice where due_at <= $1 order by due_at limit $3 for update skip locked)
            returning session, client, person, attempts, ended_at
            """);
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now + Taken });
        command.Parameters.Add(new() { Value = BatchMax });
        return await ReadModelRows.ReadAsync(
            command,
            row => new Notice(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetFieldValue<DateTimeOffset>(4)), cancellation);
    }

    /// <summary>The client has heard of it, or nobody can tell it.</summary>
    public Task ForgetAsync(Notice notice, CancellationToken cancellation) =>
        ChangeAsync("delete from logout_notice where session = $1 and client = $2", cancellation, notice.Session, notice.Client);

    /// <summary>It is tried again.</summary>
    public Task PostponeAsync(Notice notice, DateTimeOffset until, CancellationToken cancellation) =>
        ChangeAsync("update logout_notice set due_at = $3 where session = $1 and client = $2", cancellation, notice.Session, notice.Client, until);

    private async Task ChangeAsync(string sql, CancellationToken cancellation, params object[] values)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        Array.ForEach(values, value => command.Parameters.Add(new() { Value = value }));
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
