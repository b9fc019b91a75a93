using AccessGov.TransparencyLog;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Verification;

/// <summary>What came of verifying the trail, as the database keeps it for whoever goes on.</summary>
/// <param name="Since">When it was first thought of.</param>
/// <param name="Through">How many leaves were good.</param>
/// <param name="Root">The root over them; null before the first time.</param>
/// <param name="VerifiedAt">When it was last begun.</param>
/// <param name="WholeAt">When the whole trail was.</param>
/// <param name="Code">What is wrong; null when nothing is.</param>
/// <param name="Leaf">The first leaf that cannot be believed; null when nothing is wrong, or nobody can say which it is.</param>
internal sealed record VerificationState(
    DateTimeOffset Since, long Through, TreeHash? Root, DateTimeOffset? VerifiedAt, DateTimeOffset? WholeAt, string? Code, long? Leaf)
{
    /// <summary>Reads it; null when there is none yet.</summary>
    public static async Task<VerificationState?> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand(
            "select since, through, root, verified_at, whole_at, code, leaf from trail.verification", connection);
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellation);
        return !await row.ReadAsync(cancellation) ? null : new VerificationState(
            row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1),
            row.IsDBNull(2) ? null : TreeHash.FromBytes(row.GetFieldValue<byte[]>(2)), At(3), At(4),
            row.IsDBNull(5) ? null : row.GetString(5), row.IsDBNull(6) ? null : row.GetInt64(6));

        DateTimeOffset? At(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
    }

    /// <summary>What can be known at a time: what is said to have been done later was done by a wrong clock, and counts for nothing.</summary>
    public VerificationState AsOf(DateTimeOffset now) => this with
    {
        Since = Since > now ? DateTimeOffset.UnixEpoch : Since, VerifiedAt = VerifiedAt > now ? null : VerifiedAt,
        WholeAt = WholeAt > now ? null : WholeAt,
    };

    /// <summary>Keeps it.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellation)
    {
        byte[] root = new byte[TreeHash.Length];
        Root?.CopyTo(root);
        await using var write = new NpgsqlCommand(
            """
            insert into trail.verification (since, through, root, verified_at, whole_at, code, leaf) values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (singleton) do update set since = $1, through = $2, root = $3, verified_at = $4, whole_at = $5, code = $6, leaf = $7
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = Since }, new() { Value = Through }, Of(Root is null ? null : root, NpgsqlDbType.Bytea),
                Of(VerifiedAt, NpgsqlDbType.TimestampTz), Of(WholeAt, NpgsqlDbType.TimestampTz), Of(Code, NpgsqlDbType.Text),
                Of(Leaf, NpgsqlDbType.Bigint),
            },
        };
        await write.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlParameter Of(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
