using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Journal;

internal enum Inserted
{
    Yes,

    /// <summary>The same batch stands there already: an earlier attempt was committed without our hearing of it.</summary>
    AlreadyThere,

    /// <summary>Another batch stands in its place.</summary>
    Diverged,
}

/// <summary>Puts one batch into the database, once: a second attempt finds the first.</summary>
internal sealed class BatchInsert : IDisposable
{
    private const string Sql = """
        insert into decision_batch (writer, sequence, first_at, last_at, count, payload, prev_hash, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (writer, sequence) do nothing
        """;

    private readonly NpgsqlCommand insert;
    private readonly NpgsqlParameter<string> writer = new() { TypedValue = "" };
    private readonly NpgsqlParameter<long> sequence = new();
    private readonly NpgsqlParameter<DateTime> firstAt = new() { NpgsqlDbType = NpgsqlDbType.TimestampTz };
    private readonly NpgsqlParameter<DateTime> lastAt = new() { NpgsqlDbType = NpgsqlDbType.TimestampTz };
    private readonly NpgsqlParameter<int> count = new();
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> payload = new() { NpgsqlDbType = NpgsqlDbType.Bytea };
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> previous = new() { NpgsqlDbType = NpgsqlDbType.Bytea };
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> hash = new() { NpgsqlDbType = NpgsqlDbType.Bytea };

    /// <param name="connection">Open; one insert at a time.</param>
    /// <param name="timeout">How long an insert may take, in whole seconds; zero where somebody else bounds it.</param>
    public BatchInsert(NpgsqlConnection connection, TimeSpan timeout)
    {
        insert = new NpgsqlCommand(Sql, connection) { CommandTimeout = (int)timeout.TotalSeconds };
        insert.Parameters.AddRange(new NpgsqlParameter[] { writer, sequence, firstAt, lastAt, count, payload, previous, hash });
        insert.Prepare();
    }

    public void Dispose() => insert.Dispose();

    /// <summary>Inserts in the given transaction, or, without one, in a transaction of its own. Blocks: it belongs to a thread of its own.</summary>
    public Inserted Run(SealedBatch batch, NpgsqlTransaction? transaction)
    {
        Set(batch, transaction);
        Inserted outcome = insert.ExecuteNonQuery() == 1 ? Inserted.Yes : Compare(batch, transaction);
        if (outcome == Inserted.Yes && (batch.Sequence == 1 || batch.Closing))
        {
            RegisterWriter(batch, transaction);
        }

        return outcome;
    }

    private void Set(SealedBatch batch, NpgsqlTransaction? transaction)
    {
        insert.Transaction = transaction;
        writer.TypedValue = batch.Writer;
        sequence.TypedValue = batch.Sequence;
        firstAt.TypedValue = batch.FirstAt.UtcDateTime;
        lastAt.TypedValue = batch.LastAt.UtcDateTime;
        count.TypedValue = batch.Count;
        payload.TypedValue = batch.Payload;
        previous.TypedValue = batch.PreviousHash;
        hash.TypedValue = batch.Hash;
    }

    private Inserted Compare(SealedBatch batch, NpgsqlTransaction? transaction)
    {
        using var compare = new NpgsqlCommand("select hash from decision_batch where writer = $1 and sequence = $2", insert.Connection, transaction);
        compare.Parameters.Add(new NpgsqlParameter<string> { TypedValue = batch.Writer });
        compare.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batch.Sequence });
        return compare.ExecuteScalar() is byte[] there && batch.Hash.Span.SequenceEqual(there) ? Inserted.AlreadyThere : Inserted.Diverged;
    }

    private void RegisterWriter(SealedBatch batch, NpgsqlTransaction? transaction)
    {
        using var register = new NpgsqlCommand(
            """
            insert into decision_writer (writer, replica, opened_at, closed_sequence) values ($1, $2, $3, $4)
            on conflict (writer) do update set closed_sequence = excluded.closed_sequence
            """,
            insert.Connection,
            transaction);
        register.Parameters.Add(new NpgsqlParameter<string> { TypedValue = batch.Writer });
        register.Parameters.Add(new NpgsqlParameter<string> { TypedValue = batch.Replica });
        register.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = batch.FirstAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        register.Parameters.Add(new NpgsqlParameter { Value = batch.Closing ? batch.Sequence : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        register.ExecuteNonQuery();
    }
}
