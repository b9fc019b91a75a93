using System.Text.Json;
using Npgsql;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>What the verification of one chain found.</summary>
/// <param name="BrokenAt">The first sequence that is not as it was written; absent when the chain is intact.</param>
/// <param name="Problem">What is wrong there.</param>
/// <param name="UnverifiableAnchors">Anchors signed by a key that is not known here.</param>
internal sealed record ChainVerdict(
    string Writer, long Batches, long Records, int Anchors, int UnverifiableAnchors, bool Closed, long? BrokenAt, string? Problem)
{
    public bool Intact => BrokenAt is null;
}

/// <summary>Computes chains again from their payloads and compares them with what is stored, signed and noted by their successors.</summary>
internal sealed class JournalVerification(JournalDatabase database, AnchorKey key)
{
    /// <summary>The verdicts of all chains, or of one, in the order the chains began.</summary>
    /// <exception cref="NpgsqlException">The database cannot be asked.</exception>
    public async Task<IReadOnlyList<ChainVerdict>> VerifyAsync(string? writer, CancellationToken cancellation)
    {
        await using NpgsqlCommand select = database.Source.CreateCommand(
            """
            select writer from (
                select writer, ordinal from decision_writer
                union all (select distinct a.writer, 0 from decision_anchor a where not exists (select 1 from decision_writer w where w.writer = a.writer))) as writers
            where $1 is null or writer = $1 order by ordinal, writer
            """);
        select.Parameters.Add(new NpgsqlParameter { Value = writer ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        var writers = new List<string>();
        await using (NpgsqlDataReader reader = await select.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                writers.Add(reader.GetString(0));
            }
        }

        var verdicts = new List<ChainVerdict>();
        foreach (string one in writers)
        {
            verdicts.Add(await VerifyChainAsync(one, cancellation));
        }

        return verdicts;
    }

    private async Task<ChainVerdict> VerifyChainAsync(string writer, CancellationToken cancellation)
    {
        var anchors = (await AnchorsAsync(writer, cancellation)).ToLookup(anchor => anchor.Sequence);
        var chain = new ChainCheck(writer);
        await using NpgsqlConnection connection = await database.Source.OpenConnectionAsync(cancellation);
        await using (var select = new NpgsqlCommand(
            "select sequence, first_at, last_at, count, payload, prev_hash, hash from decision_batch where writer = $1 order by sequence", connection))
        {
            select.CommandTimeout = 0;
            select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = writer });
            await using NpgsqlDataReader reader = await select.ExecuteReaderAsync(cancellation);
            while (chain.Problem is null && await reader.ReadAsync(cancellation))
            {
                chain.Next(new SealedBatch(
                    writer, reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt32(3), Closing: false,
                    reader.GetFieldValue<byte[]>(4), reader.GetFieldValue<byte[]>(5), reader.GetFieldValue<byte[]>(6)));
                foreach (Anchor anchor in anchors[chain.Sequence])
                {
                    chain.Check(anchor, key.Verify(anchor));
                }
            }
        }

        Anchor? beyond = anchors.SelectMany(same => same).Where(anchor => anchor.Sequence > chain.Sequence).MinBy(anchor => anchor.Sequence);
        if (chain.Problem is null && beyond is not null)
        {
            chain.Break(chain.Sequence + 1, $"The chain ends at {chain.Sequence}; an anchor was signed at {beyond.Sequence}.");
        }

        if (chain.Problem is null && chain.Predecessor is { } before)
        {
            await CheckPredecessorAsync(connection, chain, before, cancellation);
        }

        return chain.Verdict(anchors.Sum(same => same.Count()));
    }

    private static async Task CheckPredecessorAsync(NpgsqlConnection connection, ChainCheck chain, Predecessor before, CancellationToken cancellation)
    {
        await using var select = new NpgsqlCommand("select hash from decision_batch where writer = $1 and sequence = $2", connection);
        select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = before.Writer });
        select.Parameters.Add(new NpgsqlParameter<long> { TypedValue = before.Sequence });
        if (await select.ExecuteScalarAsync(cancellation) is not byte[] hash || !before.Hash.AsSpan().SequenceEqual(hash))
        {
            chain.Break(chain.PredecessorNotedAt, $"It follows {before.Writer} at {before.Sequence}, which is not there as it was then.");
        }
    }

    private async Task<List<Anchor>> AnchorsAsync(string writer, CancellationToken cancellation)
    {
        await using NpgsqlCommand select = database.Source.CreateCommand(
            "select day, sequence, hash, key_id, signature from decision_anchor where writer = $1 order by sequence");
        select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = writer });
        await using NpgsqlDataReader reader = await select.ExecuteReaderAsync(cancellation);
        var anchors = new List<Anchor>();
        while (await reader.ReadAsync(cancellation))
        {
            anchors.Add(new Anchor(
                reader.GetFieldValue<DateOnly>(0), writer, reader.GetInt64(1), reader.GetFieldValue<byte[]>(2), reader.GetString(3), reader.GetFieldValue<byte[]>(4)));
        }

        return anchors;
    }
}

/// <summary>Follows one chain batch by batch, until its first broken place.</summary>
internal sealed class ChainCheck(string writer)
{
    private byte[] previous = HashChain.Genesis(writer);
    private long records;
    private int unverifiable;
    private bool closed;
    private long brokenAt;

    public long Sequence { get; private set; }

    public string? Problem { get; private set; }

    public Predecessor? Predecessor { get; private set; }

    public long PredecessorNotedAt { get; private set; }

    public void Next(SealedBatch batch)
    {
        if (batch.Sequence != Sequence + 1)
        {
            Break(Sequence + 1, $"A batch is missing: {Sequence} is followed by {batch.Sequence}.");
            return;
        }

        Sequence = batch.Sequence;
        byte[] hash = HashChain.Next(previous, batch.Payload.Span);
        if (closed)
        {
            Break(Sequence, "A batch follows the one that closed the chain.");
        }
        else if (!batch.PreviousHash.Span.SequenceEqual(previous))
        {
            Break(Sequence, "The batch does not follow the one before it.");
        }
        else if (!batch.Hash.Span.SequenceEqual(hash))
        {
            Break(Sequence, "The payload is not the one that was written.");
        }
        else
        {
            try
            {
                CheckColumns(batch);
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                Break(Sequence, "The payload is no batch of ours, though its hash was computed again.");
            }
        }

        previous = hash;
    }

    public void Check(Anchor anchor, bool? signature)
    {
        unverifiable += signature is null ? 1 : 0;
        if (signature == false)
        {
            Break(anchor.Sequence, $"The anchor of {anchor.Day:yyyy-MM-dd} has a wrong signature.");
        }
        else if (!anchor.Hash.AsSpan().SequenceEqual(previous))
        {
            Break(anchor.Sequence, $"The anchor of {anchor.Day:yyyy-MM-dd} was signed for another hash.");
        }
    }

    public void Break(long sequence, string problem)
    {
        if (Problem is null)
        {
            brokenAt = sequence;
            Problem = problem;
        }
    }

    public ChainVerdict Verdict(int anchors) =>
        new(writer, Sequence, records, anchors, unverifiable, closed, Problem is null ? null : brokenAt, Problem);

    /// <summary>The columns beside the payload decide what a query reads, so they must say what the payload says.</summary>
    private void CheckColumns(SealedBatch batch)
    {
        DateTimeOffset first = DateTimeOffset.MaxValue;
        DateTimeOffset last = DateTimeOffset.MinValue;
        using JsonDocument payload = JsonDocument.Parse(BatchPayload.Unpack(batch.Payload));
        foreach (JsonElement element in payload.RootElement.EnumerateArray())
        {
            DateTimeOffset at = element.GetProperty("at"u8).GetDateTimeOffset();
            first = at < first ? at : first;
            last = at > last ? at : last;
            Note(element);
        }

        if (batch.Count != payload.RootElement.GetArrayLength() || batch.FirstAt != first || batch.LastAt != last)
        {
            Break(Sequence, "Count or times of the batch are not those of its records.");
        }
    }

    private void Note(JsonElement element)
    {
        if (!element.TryGetProperty("marker"u8, out JsonElement marker))
        {
            records++;
        }
        else if (marker.ValueEquals("closed"u8))
        {
            closed = true;
        }
        else if (marker.ValueEquals("predecessor"u8))
        {
            PredecessorNotedAt = Sequence;
            Predecessor = new Predecessor(
                element.GetProperty("writer"u8).GetString()!, element.GetProperty("sequence"u8).GetInt64(),
                Convert.FromHexString(element.GetProperty("hash"u8).GetString()!), element.GetProperty("closed"u8).GetBoolean());
        }
    }
}
