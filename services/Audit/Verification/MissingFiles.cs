using AccessGov.Audit.Trail;
using AccessGov.LeafVerification;
using AccessGov.TransparencyLog;
using Npgsql;

namespace AccessGov.Audit.Verification;

/// <summary>Files of sealed fields that are not there: where their keys were shredded, that is why. For one verification.</summary>
internal sealed class MissingFiles(TrailDatabase database, CancellationToken cancellation)
{
    private const int AskedAtOnce = 1000;
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, long> missing = new(StringComparer.Ordinal);

    /// <summary>Adds what is missing to leaves; answers what no shredding explains.</summary>
    public LogFinding? Add(LeafRun run)
    {
        foreach (MissingBlob blob in run.MissingBlobs)
        {
            missing.TryAdd(blob.KeyId, blob.Leaf);
        }

        return missing.Count >= AskedAtOnce ? Fault() : null;
    }

    /// <summary>What no shredding explains of those that were not asked about yet.</summary>
    public LogFinding? Fault()
    {
        if (missing.Count == 0)
        {
            return null;
        }

        long? first = FirstUnexplained();
        missing.Clear();
        return first is null ? null : new LogFinding(
            "blob_missing", first, $"A file that leaf {first} refers to is not there, and its key was not shredded.");
    }

    /// <summary>A database that is away is waited for: hours of reading would have been for nothing.</summary>
    private long? FirstUnexplained()
    {
        while (true)
        {
            try
            {
                return Ask();
            }
            catch (NpgsqlException away) when (IsAway(away) && !cancellation.WaitHandle.WaitOne(AskAgainAfter))
            {
            }
        }
    }

    private static bool IsAway(NpgsqlException failure) => failure is PostgresException said
        ? said.IsTransient || said.SqlState.StartsWith("57P", StringComparison.Ordinal)
        : failure.IsTransient;

    private long? Ask()
    {
        using NpgsqlCommand ask = database.Seal.CreateCommand(
            "select a.kid from unnest($1) a (kid) where not exists (select 1 from trail.shredded_key s where s.kid = a.kid)");
        ask.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. missing.Keys] });
        long? first = null;
        using NpgsqlDataReader row = ask.ExecuteReader();
        while (row.Read())
        {
            long leaf = missing[row.GetString(0)];
            first = first < leaf ? first : leaf;
        }

        return first;
    }
}
