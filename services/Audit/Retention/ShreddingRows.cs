using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Retention;

/// <summary>Shreddings and what they cover, as the database has them.</summary>
internal static class ShreddingRows
{
    private const string Columns =
        "id, state, ground, class, year, proposed_by, proposed_at, first_approver, second_approver, decided_at, "
        + "keys, digest, leaves, recorded_at, leaf, finished_at";

    /// <summary>
    /// The condition for a shredding's keys, as parameters $1 (lookup), $2 (class) and $3 (year), about <c>trail.data_key k</c>.
    /// </summary>
    public const string Covered =
        "($1::bytea is null or k.lookup = $1) and ($2::text is null or k.class = $2) and ($3::integer is null or k.year = $3) "
        + "and k.lookup is not null";

    public static NpgsqlParameter[] Scope(byte[]? lookup, string? @class, int? year) =>
    [
        new() { Value = (object?)lookup ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea },
        new() { Value = (object?)@class ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
        new() { Value = (object?)year ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer },
    ];

    /// <summary>What a shredding of a patient, or of a class and year, would take, and what forbids it.</summary>
    public static async Task<KeyCoverage> CoverageAsync(
        NpgsqlParameter[] scope, RetentionClasses classes, DateTimeOffset now, NpgsqlConnection connection,
        NpgsqlTransaction? transaction, CancellationToken cancellation)
    {
        await using var count = new NpgsqlCommand(
            $"""
            select k.class, k.year, count(*), count(*) filter (where {HeldKeys.IsHeld})
            from trail.data_key k join trail.subject s on s.lookup = k.lookup where {Covered} group by k.class, k.year
            """, connection, transaction);
        count.Parameters.AddRange(scope);
        var coverage = new KeyCoverage(0, 0, 0);
        await using (NpgsqlDataReader row = await count.ExecuteReaderAsync(cancellation))
        {
            while (await row.ReadAsync(cancellation))
            {
                (long keys, bool running) = (row.GetInt64(2), classes.ExpiresAt(row.GetString(0), row.GetInt32(1)) > now);
                coverage = new KeyCoverage(coverage.Keys + keys, coverage.Held + row.GetInt64(3), coverage.Running + (running ? keys : 0));
            }
        }

        return scope[0].Value is byte[] lookup ? await WithAskedAsync(coverage, lookup, connection, transaction, cancellation) : coverage;
    }

    /// <summary>
    /// A number that was asked for has no class of its own: it is in its legal period until a pruning forgets it, and a hold about the
    /// patient, or about everything, keeps it at any time.
    /// </summary>
    private static async Task<KeyCoverage> WithAskedAsync(
        KeyCoverage keys, byte[] lookup, NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand(
            """
            select exists (select 1 from trail.legal_hold h where h.lifted_at is null
                and (h.lookup = $1 or (h.lookup is null and h.class is null)))
            from trail.unknown_patient where lookup = $1
            """, connection, transaction)
        {
            Parameters = { new() { Value = lookup } },
        };
        return await read.ExecuteScalarAsync(cancellation) is bool isHeld
            ? new KeyCoverage(keys.Keys, keys.Held + (isHeld ? 1 : 0), keys.Running + 1, IsAsked: true) : keys;
    }

    /// <summary>
    /// Takes the tokens of subjects without keys, also those that waited for a first event, with the numbers that were asked for. A hold
    /// that was lifted has the name of a leaf with the token: it forgets whom it was about.
    /// </summary>
    public static async Task ForgetAsync(byte[][] lookups, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        foreach (string sql in new[]
        {
            """
            delete from trail.subject s where s.lookup = any($1) and not exists (select 1 from trail.data_key k where k.lookup = s.lookup)
            """,
            "delete from trail.unknown_patient where lookup = any($1)",
            """
            update trail.legal_hold h set lookup = null, kind = null where h.lookup = any($1) and h.lifted_at is not null
            and not exists (select 1 from trail.subject s where s.lookup = h.lookup)
            """,
        })
        {
            await using var forget = new NpgsqlCommand(sql, transaction.Connection, transaction)
            {
                Parameters = { new() { Value = lookups, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea } },
                CommandTimeout = 0,
            };
            await forget.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>Those in some states, or one, the newest first.</summary>
    public static async Task<IReadOnlyList<Shredding>> ListAsync(NpgsqlDataSource database, Guid? id, Guid? after, int limit,
        CancellationToken cancellation)
    {
        await using NpgsqlCommand list = database.CreateCommand(
            $"""
            select {Columns} from trail.shredding where ($1::uuid is null or id = $1) and ($2::uuid is null or id < $2)
            order by id desc limit $3
            """);
        list.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            new() { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            new() { Value = limit },
        });
        return await ReadAsync(list, cancellation);
    }

    /// <summary>Those that were approved and are not finished, the oldest first.</summary>
    public static async Task<IReadOnlyList<Shredding>> RunningAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using NpgsqlCommand list = database.CreateCommand(
            $"select {Columns} from trail.shredding where state in ('approved', 'condemned', 'recorded', 'destroyed') order by id");
        return await ReadAsync(list, cancellation);
    }

    /// <summary>One, with its row locked; null when it is not there, or not in the state.</summary>
    public static async Task<Shredding?> LockAsync(Guid id, string? state, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand(
            $"select {Columns} from trail.shredding where id = $1 and ($2::text is null or state = $2) for update",
            transaction.Connection, transaction)
        {
            Parameters = { new() { Value = id }, new() { Value = (object?)state ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text } },
        };
        return (await ReadAsync(read, cancellation)).SingleOrDefault();
    }

    /// <summary>Whose keys it is about, as the lookup has them, and whether it was said why it is right in the legal period.</summary>
    public static async Task<(byte[]? Lookup, bool HasException)> WhomAsync(Guid id, NpgsqlTransaction transaction,
        CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand("select lookup, has_exception from trail.shredding where id = $1",
            transaction.Connection, transaction)
        {
            Parameters = { new() { Value = id } },
        };
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return (row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0), row.GetBoolean(1));
    }

    private static async Task<IReadOnlyList<Shredding>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        var found = new List<Shredding>();
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            found.Add(new Shredding(
                row.GetGuid(0), row.GetString(1), row.GetString(2), Text(3), row.IsDBNull(4) ? null : row.GetInt32(4), row.GetString(5),
                At(6)!.Value, Text(7), Text(8),
                At(9), Number(10), Text(11), Number(12), At(13), Number(14), At(15)));
        }

        return found;

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        long? Number(int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
        DateTimeOffset? At(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
    }
}
