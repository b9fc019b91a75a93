using AccessGov.EventSourcing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AccessGov.IdentityFederation.Sessions;

/// <summary>
/// Tells the other replicas in which sessions something has happened, hears it from them, and ends what is over by the Clock. A session
/// that is over is refused at once; the event that says so follows within the interval, for those who are to be told.
/// </summary>
internal sealed class SessionActivity(
    NpgsqlDataSource database, OpenSessions sessions, IEventStore store, WorkerStates states, TimeProvider clock,
    ILogger<SessionActivity> logger)
    : UnattendedWork(
        "session-activity", "The activity of sessions cannot be exchanged", pause: TimeSpan.FromSeconds(10), store, states, clock, logger),
    IHealthCheck
{
    public const string CreateTable =
        """
        create table if not exists session_activity (session text primary key, seen_at timestamptz not null);
        """;

    // The others' idle sessions are not ended before what they know of them is here.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, DateTimeOffset> told = new(StringComparer.Ordinal);
    private volatile bool heard;

    /// <summary>A process that has just started does not know yet in which sessions something has happened.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        heard ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The activity of sessions is being read."));

    protected override Task Woken => sessions.PersonEnded;

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        await EndThoseWithoutPersonAsync(cancellation);
        await ExchangeAsync(cancellation);
        await EndThoseOverAsync(cancellation);
        return false;
    }

    /// <summary>Tells what happened here, and hears what happened elsewhere.</summary>
    private async Task ExchangeAsync(CancellationToken cancellation)
    {
        OpenSession[] open = [.. sessions.All];
        OpenSession[] news = [.. open.Where(session => !told.TryGetValue(session.Id, out DateTimeOffset at) || at < session.LastSeen)];
        DateTimeOffset[] seen = [.. news.Select(session => session.LastSeen)];
        if (news.Length > 0)
        {
            await using NpgsqlCommand tell = database.CreateCommand(
                """
                insert into session_activity (session, seen_at) select * from unnest($1, $2)
                on conflict (session) do update set seen_at = greatest(session_activity.seen_at, excluded.seen_at)
                """);
            tell.Parameters.Add(new() { Value = news.Select(session => session.Id).ToArray() });
            tell.Parameters.Add(new() { Value = seen });
            await tell.ExecuteNonQueryAsync(cancellation);
        }

        foreach ((OpenSession session, DateTimeOffset at) in news.Zip(seen))
        {
            told[session.Id] = at;
        }

        await using NpgsqlCommand hear = database.CreateCommand("select session, seen_at from session_activity where seen_at > $1");
        hear.Parameters.Add(new() { Value = Clock.GetUtcNow() - TimeSpan.FromDays(1) });
        Dictionary<string, OpenSession> known = open.ToDictionary(session => session.Id, StringComparer.Ordinal);
        foreach ((string id, DateTimeOffset at) in await ReadModelRows.ReadAsync(
            hear, row => (row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)), cancellation))
        {
            known.GetValueOrDefault(id)?.Seen(at);
        }

        foreach (string over in told.Keys.Except(known.Keys, StringComparer.Ordinal).ToArray())
        {
            told.Remove(over);
        }

        heard = true;
    }

    private async Task EndThoseOverAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = Clock.GetUtcNow();
        foreach (OpenSession session in sessions.All)
        {
            SessionBounds bounds = session.State.Bounds;
            string? cause = bounds.EndsAt <= now ? SessionEnds.Expired : session.LastSeen + bounds.Idle + Grace <= now ? SessionEnds.Idle : null;
            if (cause is not null)
            {
                await EndAsync(session, cause, cancellation);
            }
        }
    }

    private async Task EndThoseWithoutPersonAsync(CancellationToken cancellation)
    {
        foreach (OpenSession session in sessions.WithoutPerson)
        {
            await EndAsync(session, SessionEnds.PersonEnded, cancellation);
        }
    }

    private async Task EndAsync(OpenSession session, string cause, CancellationToken cancellation)
    {
        await Store.RunAsync(Session.Streams, session.Id, state => EndSession.Decide(state, cause, null, Clock.GetUtcNow()),
            new EventMetadata(Actor: Refusals.Service, Source: "sessions"), cancellation: cancellation);
        await using NpgsqlCommand forget = database.CreateCommand("delete from session_activity where session = $1");
        forget.Parameters.Add(new() { Value = session.Id });
        await forget.ExecuteNonQueryAsync(cancellation);
    }
}
