using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.BreakGlass.Offline;

/// <summary>
/// Which lines of which edge's journal are merged, and the cases that came from there, each written in the transaction of what the line
/// means: a line is merged once, however often it is sent and by however many at once. Thread-safe.
/// </summary>
internal sealed class EdgeJournals(NpgsqlDataSource database)
{
    public const string CreateTable =
        """
        create table if not exists edge_journal (
            edge text collate "C", sequence bigint, hash text not null, merged_at timestamptz not null default now(),
            primary key (edge, sequence));
        create table if not exists emergency_edge_case (
            id text collate "C" primary key,
            edge text collate "C" not null, capability text collate "C" not null, until_at timestamptz not null, faulty boolean not null);
        alter table emergency_edge_case add column if not exists counted boolean not null default true;
        create index if not exists emergency_edge_case_at on emergency_edge_case (edge, until_at);
        create index if not exists emergency_edge_case_by on emergency_edge_case (capability);
        """;

    /// <summary>Somebody else merges the same lines at the same time, and was first.</summary>
    public static readonly Refusal MergedMeanwhile =
        new("merged_meanwhile", "These lines were merged at this moment: send what follows them.");

    // The clocks of an edge and of this service may differ, and what is told twice does no harm.
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    /// <summary>The number of the last line that is merged, 0 for none, and the hashes of some lines.</summary>
    public async Task<(long Through, Dictionary<long, string> Hashes)> ReadAsync(
        string edge, long from, int count, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select sequence, hash from edge_journal where edge = $1 and (
                sequence between $2 and $3 or sequence = (select max(sequence) from edge_journal where edge = $1))
            """);
        Array.ForEach<object>([edge, from - 1, from + count], value => read.Parameters.Add(new() { Value = value }));
        Dictionary<long, string> hashes = (await ReadModelRows.ReadAsync(read, row => (row.GetInt64(0), row.GetString(1)), cancellation))
            .ToDictionary(row => row.Item1, row => row.Item2);
        return (hashes.Keys.DefaultIfEmpty(0).Max(), hashes);
    }

    /// <summary>That a line is merged, in the transaction of what it means.</summary>
    /// <exception cref="RefusedAlongsideException">It is merged already.</exception>
    public static async Task AddAsync(MergedLine line, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand(Insert, transaction.Connection, transaction);
        Array.ForEach<object>([line.Edge, line.Sequence, line.Hash], value => insert.Parameters.Add(new() { Value = value }));
        if (await insert.ExecuteNonQueryAsync(cancellation) == 0)
        {
            throw new RefusedAlongsideException(MergedMeanwhile);
        }
    }

    /// <summary>That lines are merged, in the transaction of what they mean.</summary>
    /// <exception cref="RefusedAlongsideException">One of them is merged already.</exception>
    public static async Task AddAsync(IReadOnlyList<MergedLine> lines, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into edge_journal (edge, sequence, hash)
            select * from unnest($1::text[], $2::bigint[], $3::text[]) on conflict do nothing
            """, transaction.Connection, transaction);
        insert.Parameters.Add(new() { Value = lines.Select(line => line.Edge).ToArray() });
        insert.Parameters.Add(new() { Value = lines.Select(line => line.Sequence).ToArray() });
        insert.Parameters.Add(new() { Value = lines.Select(line => line.Hash).ToArray() });
        if (await insert.ExecuteNonQueryAsync(cancellation) != lines.Count)
        {
            throw new RefusedAlongsideException(MergedMeanwhile);
        }
    }

    /// <summary>That a line is merged which changes nothing.</summary>
    public async Task AddAsync(MergedLine line, CancellationToken cancellation)
    {
        await using NpgsqlCommand insert = database.CreateCommand(Insert);
        Array.ForEach<object>([line.Edge, line.Sequence, line.Hash], value => insert.Parameters.Add(new() { Value = value }));
        await insert.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>That a case came from an edge.</summary>
    public static async Task AddCaseAsync(
        string id, OfflineOrigin origin, DateTimeOffset until, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand(
            "insert into emergency_edge_case (id, edge, capability, until_at, faulty, counted) values ($1, $2, $3, $4, $5, $6)",
            transaction.Connection, transaction);
        Array.ForEach<object>(
            [
                id, origin.Edge, origin.Capability, until.ToUniversalTime(), origin.Faults.Count > 0, LookAgain.IsHolders(origin.Faults),
            ],
            value => insert.Parameters.Add(new() { Value = value }));
        await insert.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>How many cases a capability was used for, by its holder: anybody can write its id down.</summary>
    public async Task<long> UsesOfAsync(string capability, CancellationToken cancellation)
    {
        await using NpgsqlCommand count =
            database.CreateCommand("select count(*) from emergency_edge_case where capability = $1 and counted");
        count.Parameters.Add(new() { Value = capability });
        return (long)(await count.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The cases of an edge that are over here, or were never to be, and whose time has not run out there.</summary>
    public async Task<IReadOnlyList<string>> EndedAsync(string edge, DateTimeOffset now, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select id from emergency_edge_case one where edge = $1 and until_at > $2
                and (faulty or not exists (select 1 from emergency_open open where open.id = one.id and open.until_at is not null))
            order by id
            """);
        read.Parameters.Add(new() { Value = edge });
        read.Parameters.Add(new() { Value = now - Slack });
        return await ReadModelRows.ReadAsync(read, row => row.GetString(0), cancellation);
    }

    private const string Insert = "insert into edge_journal (edge, sequence, hash) values ($1, $2, $3) on conflict do nothing";
}

/// <summary>A line of an edge's journal.</summary>
/// <param name="Hash">SHA-256 of its bytes.</param>
internal sealed record MergedLine(string Edge, long Sequence, string Hash);
