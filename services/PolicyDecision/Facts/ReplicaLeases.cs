using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>
/// The replicas that answer, and how far the facts and the studies of each have come: whoever writes waits until all of them know it. A
/// replica renews its row before it asks for the head of the event store and for changed studies. So a writer either finds the row, or the
/// replica finds what was written.
/// </summary>
internal sealed class ReplicaLeases(
    NpgsqlDataSource database, IOptions<PolicyDecisionOptions> options, FactsLease lease, TimeProvider clock)
{
    public const string CreateTable =
        """
        create table if not exists replica_lease (replica uuid primary key, position bigint not null, renewal bigint not null default 0);
        alter table replica_lease add column if not exists studies bigint not null default 0;

        """;

    // Clocks of different machines do not run equally fast.
    private const double ClockRateMargin = 1.05;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly Guid replica = Guid.NewGuid();
    private readonly string table = $"{options.Value.Schema}.replica_lease";

    /// <summary>
    /// This replica decides from facts at <paramref name="position"/> or later from now on, and with the changes of studies up to
    /// <paramref name="studies"/>.
    /// </summary>
    public async Task RenewAsync(long position, long studies, CancellationToken cancellation)
    {
        await using NpgsqlCommand renew = database.CreateCommand(
            $"""
            insert into {table} as known (replica, position, studies) values ($1, $2, $3)
            on conflict (replica) do update set position = excluded.position, studies = excluded.studies, renewal = known.renewal + 1
            """);
        renew.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = replica });
        renew.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
        renew.Parameters.Add(new NpgsqlParameter<long> { TypedValue = studies });
        await renew.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>This replica answers nothing any more: nobody has to wait for it.</summary>
    public async Task EndAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand end = database.CreateCommand($"delete from {table} where replica = $1");
        end.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = replica });
        await end.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>
    /// Waits until no other replica decides from facts older than <paramref name="position"/>: each has reached it, or its lease has ended.
    /// Rows of those whose lease has ended are taken away; a replica that was only slow writes its row again.
    /// </summary>
    /// <exception cref="NpgsqlException">The database cannot be asked.</exception>
    public Task ReachedEverywhereAsync(long position, CancellationToken cancellation) =>
        ReachedEverywhereAsync("position", position, cancellation);

    /// <summary>The same for a change of studies.</summary>
    /// <exception cref="NpgsqlException">The database cannot be asked.</exception>
    public Task StudiesReachedEverywhereAsync(long change, CancellationToken cancellation) =>
        ReachedEverywhereAsync("studies", change, cancellation);

    private async Task ReachedEverywhereAsync(string column, long least, CancellationToken cancellation)
    {
        if (lease.Duration == TimeSpan.Zero)
        {
            return;
        }

        long started = clock.GetTimestamp();
        IReadOnlyList<(Guid Replica, long Renewal)> first = await BehindAsync(column, least, cancellation);
        for (int behind = first.Count; behind > 0; behind = (await BehindAsync(column, least, cancellation)).Count)
        {
            // A lease that began before the wait is over now; one that began since has facts with the position in them.
            if (clock.GetElapsedTime(started) > lease.Duration * ClockRateMargin)
            {
                await RemoveAsync(first, cancellation);
                return;
            }

            await Task.Delay(PollInterval, clock, cancellation);
        }
    }

    private async Task<IReadOnlyList<(Guid Replica, long Renewal)>> BehindAsync(string column, long least, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            $"select replica, renewal from {table} where replica <> $1 and {column} < $2");
        read.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = replica });
        read.Parameters.Add(new NpgsqlParameter<long> { TypedValue = least });
        await using NpgsqlDataReader rows = await read.ExecuteReaderAsync(cancellation);
        var behind = new List<(Guid, long)>();
        while (await rows.ReadAsync(cancellation))
        {
            behind.Add((rows.GetGuid(0), rows.GetInt64(1)));
        }

        return behind;
    }

    private async Task RemoveAsync(IReadOnlyList<(Guid Replica, long Renewal)> gone, CancellationToken cancellation)
    {
        await using NpgsqlCommand remove = database.CreateCommand(
            $"""
            delete from {table} as known using unnest($1, $2) as gone (replica, renewal)
            where known.replica = gone.replica and known.renewal = gone.renewal
            """);
        remove.Parameters.Add(new NpgsqlParameter
        {
            Value = gone.Select(one => one.Replica).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid,
        });
        remove.Parameters.Add(new NpgsqlParameter
        {
            Value = gone.Select(one => one.Renewal).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint,
        });
        await remove.ExecuteNonQueryAsync(cancellation);
    }
}
