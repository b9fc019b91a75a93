using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Retention;

/// <summary>
/// What shows that keys were shredded: an event of the trail, and that a leaf which could be opened cannot be any more. Thread-safe.
/// </summary>
internal sealed class ShreddingProof(
    TrailDatabase database, TrailReader trail, ShreddingScan scan, ShreddingState state, IOptions<AuditOptions> options)
{
    /// <summary>The trail keeps microseconds, and so does the database.</summary>
    private static readonly TimeSpan Precision = TimeSpan.FromMilliseconds(1);

    public AuditRecord EventOf(Shredding shredding, long leaves, DateTimeOffset at) =>
        Deed.OfService(at, KeyShredding.Kind, $"Shredding::{shredding.Id}") with
    {
        Shredded = new KeyShredding(
            shredding.Ground, shredding.Class, shredding.Year, shredding.FirstApprover!, shredding.SecondApprover!, shredding.Keys!.Value,
            shredding.Digest!, leaves),
    };

    /// <summary>The number of the event's leaf; null when it has none yet.</summary>
    public Task<long?> FindAsync(Shredding shredding, CancellationToken cancellation) =>
        FindAsync(KeyShredding.Kind, $"Shredding::{shredding.Id}", shredding.RecordedAt!.Value, cancellation);

    /// <summary>The number of the leaf of an event of this service; null when it has none yet.</summary>
    public async Task<long?> FindAsync(string kind, string resource, DateTimeOffset at, CancellationToken cancellation)
    {
        await using NpgsqlCommand find = database.Seal.CreateCommand(
            "select seq from trail.entry where at >= $1 and at <= $2 and kind = $3 and resource = $4 and service = $5");
        find.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = at - Precision }, new() { Value = at + Precision }, new() { Value = kind }, new() { Value = resource },
            new() { Value = Refusals.Service },
        });
        return (long?)await find.ExecuteScalarAsync(cancellation);
    }

    /// <summary>Tries to open the sampled leaf.</summary>
    /// <exception cref="InvalidOperationException">It opens: the keys are not gone.</exception>
    public async Task VerifyGoneAsync(Guid id, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.Seal.CreateCommand("select sample from trail.shredding where id = $1");
        read.Parameters.Add(new() { Value = id });
        if (await read.ExecuteScalarAsync(cancellation) is long sample
            && await scan.OpensAsync(TrailEntry.Parse(trail.Leaf(sample)!.Value), await scan.KeysAsync(id, cancellation), cancellation))
        {
            throw new InvalidOperationException($"Leaf {sample} can still be opened after shredding {id}.");
        }
    }

    /// <summary>The names of the files that are still to be removed.</summary>
    public async Task<IReadOnlyList<string>> FilesAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        return await FilesAsync(connection, cancellation);
    }

    /// <summary>
    /// Removes the files of fields whose keys are destroyed: nothing opens them any more, so they only take up space. One that cannot be
    /// removed stays for the next time.
    /// </summary>
    public async Task RemoveFilesAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        long left = 0;
        foreach (string[] some in (await FilesAsync(connection, cancellation)).Chunk(1000))
        {
            string[] removed = [.. some.Where(hash => TryRemove(TrailWriter.BlobPath(options.Value.TrailDirectory, hash)))];
            await using var forget = new NpgsqlCommand("delete from trail.shredded_blob where hash = any($1)", connection)
            {
                Parameters = { new NpgsqlParameter<string[]> { TypedValue = removed } },
            };
            await forget.ExecuteNonQueryAsync(cancellation);
            left += some.Length - removed.Length;
        }

        state.Left = left;
    }

    private static async Task<List<string>> FilesAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var hashes = new List<string>();
        await using var read = new NpgsqlCommand(
            """
            select distinct b.hash from trail.shredded_blob b join trail.shredding s on s.id = b.shredding
            where s.state = 'done' order by b.hash
            """, connection);
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            hashes.Add(row.GetString(0));
        }

        return hashes;
    }

    private static bool TryRemove(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
