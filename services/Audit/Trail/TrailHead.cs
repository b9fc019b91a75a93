using AccessGov.TransparencyLog;
using Npgsql;

namespace AccessGov.Audit.Trail;

/// <summary>
/// How far the trail has come, as it is committed: its size, the root over it, the SHA-256 of its last leaf and when that was taken in.
/// </summary>
internal sealed record TrailHead(long Size, TreeHash Root, string Previous, DateTimeOffset ReceivedAt)
{
    private const string Columns = "size, root, encode(previous, 'hex'), received_at";

    /// <summary>Raises the fence and reads the head: whoever led before moves nothing any more.</summary>
    public static async Task<(TrailHead Head, long Fence)> TakeOverAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var take = new NpgsqlCommand($"update trail.head set fence = fence + 1 returning {Columns}, fence", connection);
        await using NpgsqlDataReader row = await take.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return (Read(row), row.GetInt64(4));
    }

    /// <summary>Moves the head from where this one is.</summary>
    /// <exception cref="TrailLostException">Another sequencer leads, or the head is somewhere else.</exception>
    public async Task MoveAsync(TrailHead next, long fence, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        byte[] root = new byte[TreeHash.Length];
        next.Root.CopyTo(root);
        await using var move = new NpgsqlCommand(
            "update trail.head set size = $1, root = $2, previous = $3, received_at = $4 where fence = $5 and size = $6",
            transaction.Connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = next.Size },
                new NpgsqlParameter<byte[]> { TypedValue = root },
                new NpgsqlParameter<byte[]> { TypedValue = Convert.FromHexString(next.Previous) },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = next.ReceivedAt },
                new NpgsqlParameter<long> { TypedValue = fence },
                new NpgsqlParameter<long> { TypedValue = Size },
            },
        };
        if (await move.ExecuteNonQueryAsync(cancellation) != 1)
        {
            throw new TrailLostException("Another sequencer has taken over.");
        }
    }

    private static TrailHead Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), TreeHash.FromBytes(row.GetFieldValue<byte[]>(1)), row.GetString(2),
        row.GetDateTime(3) is var at && at == DateTime.MinValue ? DateTimeOffset.MinValue : new DateTimeOffset(at));
}

/// <summary>This process does not lead the trail any more.</summary>
internal sealed class TrailLostException(string message) : Exception(message);

/// <summary>
/// What lies in the directory is not the trail that was committed: somebody changed or replaced it, or the database. Nothing is added until
/// a person has looked.
/// </summary>
internal sealed class TrailDamagedException(string message) : Exception(message);
