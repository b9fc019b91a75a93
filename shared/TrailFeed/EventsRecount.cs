using System.Runtime.CompilerServices;
using AccessGov.Contracts.Audit.V1;
using Npgsql;

namespace AccessGov.TrailFeed;

/// <summary>
/// Reads an event store again, through where it has been told. The database makes the hashes: the payloads stay where they are, and
/// whoever reads the store otherwise than the feed comes to the same digest.
/// </summary>
internal sealed class EventsRecount(NpgsqlDataSource source, AuditFeedOptions options, TimeProvider time) : IRecount
{
    private const int Piece = 2_000;

    /// <summary>The stream of an event store's recounts.</summary>
    public const string Stream = "events";

    private readonly FeedTable table = new(options.Schema);

    private readonly string select = $"""
        select f.position, e.id, sha256(convert_to(e.data::text, 'UTF8'))
        from {options.Schema}.event_store_feed f
        join lateral (select * from {options.Schema}.mt_events m where m.seq_id = f.sequence offset 0) e on true
        where f.position > $1 and f.position <= $2 order by f.position
        """;

    public async IAsyncEnumerable<Recount> CountAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellation);
        long through = (await table.ReadAsync(connection, cancellation)).Through;
        if (through == 0)
        {
            yield break;
        }

        StoreDigest there = StoreDigest.Empty;
        for (long after = 0; after < through; after += Piece)
        {
            await using var command = new NpgsqlCommand(select, connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Math.Min(after + Piece, through) });
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                there = there.With(reader.GetInt64(0), reader.GetGuid(1), reader.GetFieldValue<byte[]>(2));
            }
        }

        yield return new Recount(
            options.Service, new StoreRecounted(options.Service, Stream, through, there.Count, there.Text, time.GetUtcNow()));
    }
}
