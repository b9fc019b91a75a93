using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using AccessGov.TransparencyLog;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Retention;

/// <summary>Looks through the trail for what is sealed under keys that are to be shredded. Thread-safe.</summary>
internal sealed class ShreddingScan(TrailDatabase database, TrailReader trail, Unsealing unsealing)
{
    private const int BlobsAtOnce = 1000;
    private const int SamplesMax = 20;

    /// <summary>An event is never given its place longer than this after others that were taken in later.</summary>
    private static readonly TimeSpan OutOfOrder = TimeSpan.FromDays(1);

    /// <summary>What was found.</summary>
    /// <param name="Leaves">How many leaves have a field under one of the keys.</param>
    /// <param name="Sample">One of them that could be opened; null when there is none.</param>
    public sealed record Found(long Leaves, long? Sample);

    /// <summary>Looks through; null when not all that is sealed under the keys can be found yet.</summary>
    public async Task<Found?> RunAsync(Shredding shredding, CancellationToken cancellation)
    {
        (string? token, long through, long searchable) = await WhereAsync(shredding.Id, cancellation);
        if (trail.Size < through || (token is not null && searchable < through))
        {
            return null;
        }

        HashSet<string> keys = await KeysAsync(shredding.Id, cancellation);
        (long leaves, long? sample, int tried) = (0, null, 0);
        var blobs = new List<string>(BlobsAtOnce);
        IEnumerable<TrailEntry> entries = token is null ? OfYear(shredding.Year!.Value, through)
            : OfSequences(await OfTokenAsync(token, cancellation));
        foreach (TrailEntry entry in entries)
        {
            cancellation.ThrowIfCancellationRequested();
            SealedField[] fields = [.. entry.Sealed.Where(field => keys.Contains(field.KeyId))];
            if (fields.Length == 0)
            {
                continue;
            }

            leaves++;
            if (sample is null && tried++ < SamplesMax && await OpensAsync(entry, keys, cancellation))
            {
                sample = entry.Sequence;
            }

            blobs.AddRange(fields.Select(field => field.Blob).OfType<string>());
            if (blobs.Count >= BlobsAtOnce)
            {
                await KeepAsync(shredding.Id, blobs, cancellation);
            }
        }

        await KeepAsync(shredding.Id, blobs, cancellation);
        return new Found(leaves, sample);
    }

    /// <summary>Whether a field under one of the keys can be opened, though it is being shredded.</summary>
    public async Task<bool> OpensAsync(TrailEntry entry, IReadOnlySet<string> keys, CancellationToken cancellation) =>
        (await unsealing.OpenAsync([entry], cancellation, condemnedToo: true))[0]
            .Any(field => field.KeyId is { } keyId && keys.Contains(keyId) && field.State == FieldState.Opened);

    public async Task<HashSet<string>> KeysAsync(Guid id, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.Seal.CreateCommand("select kid from trail.shredded_key where shredding = $1");
        read.Parameters.Add(new() { Value = id });
        var keys = new HashSet<string>(StringComparer.Ordinal);
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            keys.Add(row.GetString(0));
        }

        return keys;
    }

    private async Task<(string? Token, long Through, long Searchable)> WhereAsync(Guid id, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.Seal.CreateCommand(
            """
            select token, through, coalesce((select size from trail.progress where name = 'search'), 0)
            from trail.shredding where id = $1
            """);
        read.Parameters.Add(new() { Value = id });
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return (row.IsDBNull(0) ? null : row.GetString(0), row.GetInt64(1), row.GetInt64(2));
    }

    private async Task<List<long>> OfTokenAsync(string token, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.Seal.CreateCommand("select seq from trail.entry where patient = $1 order by seq");
        read.Parameters.Add(new() { Value = token });
        var sequences = new List<long>();
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            sequences.Add(row.GetInt64(0));
        }

        return sequences;
    }

    /// <summary>Those that were pruned have no keys any more.</summary>
    private IEnumerable<TrailEntry> OfSequences(IEnumerable<long> sequences) =>
        sequences.Select(sequence => trail.Leaf(sequence)).OfType<ReadOnlyMemory<byte>>().Select(TrailEntry.Parse);

    private IEnumerable<TrailEntry> OfYear(int year, long through)
    {
        var begin = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        DateTimeOffset end = begin.AddYears(1) + OutOfOrder;
        for (long next = trail.FirstReceivedAt(begin, through); next < through;)
        {
            foreach (ReadOnlyMemory<byte> leaf in trail.Read(next, through))
            {
                TrailEntry entry = TrailEntry.Parse(leaf);
                if (entry.ReceivedAt >= end)
                {
                    yield break;
                }

                yield return entry;
                next++;
            }
        }
    }

    private async Task KeepAsync(Guid id, List<string> blobs, CancellationToken cancellation)
    {
        await using NpgsqlCommand insert = database.Seal.CreateCommand(
            "insert into trail.shredded_blob (shredding, hash) select $1, hash from unnest($2) hash on conflict do nothing");
        insert.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = id },
            new() { Value = blobs.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } });
        await insert.ExecuteNonQueryAsync(cancellation);
        blobs.Clear();
    }
}
