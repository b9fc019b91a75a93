using Npgsql;
using NpgsqlTypes;

namespace AccessGov.EventSourcing.Writing;

/// <summary>The call of <c>event_store_append</c> on one connection. Not thread-safe.</summary>
internal sealed class AppendCommand : IAsyncDisposable
{
    private readonly NpgsqlCommand command;

    public AppendCommand(NpgsqlConnection connection, NpgsqlTransaction? transaction, string schema)
    {
        command = new NpgsqlCommand(
            $"select * from {schema}.event_store_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)", connection, transaction);
        foreach (NpgsqlDbType type in (NpgsqlDbType[])
            [NpgsqlDbType.Varchar, NpgsqlDbType.Varchar, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Varchar, NpgsqlDbType.Varchar,
             NpgsqlDbType.Integer, NpgsqlDbType.Bigint, NpgsqlDbType.Varchar, NpgsqlDbType.Uuid, NpgsqlDbType.Varchar, NpgsqlDbType.Varchar,
             NpgsqlDbType.Jsonb, NpgsqlDbType.Varchar, NpgsqlDbType.Varchar, NpgsqlDbType.Jsonb])
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type });
        }
    }

    /// <summary>Answers once the whole exchange is over: without a transaction around it, everything is committed then.</summary>
    public async Task<AppendAnswer[]> ExecuteAsync(IReadOnlyList<AppendRequest> requests, CancellationToken cancellation)
    {
        Fill(requests);
        await command.PrepareAsync(cancellation);
        var answers = new AppendAnswer[requests.Count];
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        for (int i = 0; i < answers.Length; i++)
        {
            if (!await reader.ReadAsync(cancellation))
            {
                throw new InvalidOperationException("The database answered for fewer streams than were appended to.");
            }

            answers[i] = new AppendAnswer((AppendOutcome)reader.GetInt32(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetString(4));
        }

        // The rows come before the commit: an error of the commit itself arrives at the very end, and rises here.
        while (await reader.NextResultAsync(cancellation))
        {
        }

        return answers;
    }

    public ValueTask DisposeAsync() => command.DisposeAsync();

    private void Fill(IReadOnlyList<AppendRequest> requests)
    {
        int count = requests.Sum(request => request.Events.Length);
        var append = new int[count];
        var offset = new long[count];
        var streams = new string[count];
        var ids = new Guid[count];
        var names = new string[count];
        var dotnetTypes = new string[count];
        var data = new byte[count][];
        var correlations = new string?[count];
        var causations = new string?[count];
        var headers = new byte[]?[count];
        int at = 0;
        for (int i = 0; i < requests.Count; i++)
        {
            AppendRequest request = requests[i];
            for (int j = 0; j < request.Events.Length; j++, at++)
            {
                ref readonly WrittenEvent written = ref request.Events[j];
                (append[at], offset[at], streams[at]) = (i + 1, j + 1, request.Append.StreamId);
                (ids[at], names[at], dotnetTypes[at], data[at]) = (written.Id, written.Type.Name, written.Type.DotnetType, written.Data);
                (correlations[at], causations[at], headers[at]) = (request.CorrelationId, request.Append.Metadata.CausationId, request.Headers);
            }
        }

        object[] values =
        [
            requests.Select(request => request.Append.StreamId).ToArray(), requests.Select(request => request.Append.StreamType).ToArray(),
            requests.Select(request => request.Append.Expected.Value).ToArray(), requests.Select(request => (long)request.Events.Length).ToArray(),
            requests.Select(request => request.Append.IdempotencyKey).ToArray(), requests.Select(request => request.Append.CommandHash).ToArray(),
            append, offset, streams, ids, names, dotnetTypes, data, correlations, causations, headers,
        ];
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }
}
