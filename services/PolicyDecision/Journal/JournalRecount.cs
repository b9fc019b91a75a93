using System.Runtime.CompilerServices;
using AccessGov.Contracts.Audit.V1;
using AccessGov.TrailFeed;
using Npgsql;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>
/// Computes every chain again from the batches that are there, through where the audit trail was told of it. A batch that was removed or
/// changed leads to another hash than the one told, also where somebody made the chain fit again.
/// </summary>
internal sealed class JournalRecount(JournalDatabase database, TimeProvider time) : IRecount
{
    private const int Piece = 200;

    public async IAsyncEnumerable<Recount> CountAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!database.Ready)
        {
            yield break;
        }

        await using NpgsqlConnection connection = await database.Source.OpenConnectionAsync(cancellation);
        foreach ((string writer, long told) in await ToldAsync(connection, cancellation))
        {
            (long count, byte[] hash) = await CountAsync(connection, writer, told, cancellation);
            string stream = DecisionsRecorded.SubjectOf(writer);
            yield return new Recount(
                stream, new StoreRecounted(Refusals.Service, stream, told, count, Convert.ToHexStringLower(hash), time.GetUtcNow()));
        }
    }

    private static async Task<List<(string Writer, long Sequence)>> ToldAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var select = new NpgsqlCommand("select writer, sequence from decision_told where sequence > 0 order by writer",
            connection);
        await using NpgsqlDataReader reader = await select.ExecuteReaderAsync(cancellation);
        var writers = new List<(string, long)>();
        while (await reader.ReadAsync(cancellation))
        {
            writers.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        return writers;
    }

    private static async Task<(long Count, byte[] Hash)> CountAsync(
        NpgsqlConnection connection, string writer, long told, CancellationToken cancellation)
    {
        (long count, byte[] hash) = (0, HashChain.Genesis(writer));
        // In pieces of sequences, so that no statement holds a snapshot for long.
        for (long after = 0; after < told; after += Piece)
        {
            await using var select = new NpgsqlCommand(
                "select payload from decision_batch where writer = $1 and sequence > $2 and sequence <= $3 order by sequence", connection);
            select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = writer });
            select.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
            select.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Math.Min(after + Piece, told) });
            await using NpgsqlDataReader reader = await select.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                (count, hash) = (count + 1, HashChain.Next(hash, reader.GetFieldValue<byte[]>(0)));
            }
        }

        return (count, hash);
    }
}
