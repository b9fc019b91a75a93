using Npgsql;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>How far each archive has been followed.</summary>
internal sealed class FeedPositions(StudySchema schema)
{
    /// <summary>Null when the archive has never been followed.</summary>
    public async Task<long?> FindAsync(string archive, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = schema.Database.CreateCommand($"select position from {schema.Name}.study_feeds where archive = $1");
        command.Parameters.AddWithValue(archive);
        return (long?)await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>Remembers it in the transaction of what was read until there.</summary>
    public async Task MoveAsync(
        string archive, long position, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var remember = new NpgsqlCommand(
            $"""
            insert into {schema.Name}.study_feeds (archive, position) values ($1, $2)
            on conflict (archive) do update set position = excluded.position, updated_at = now()
            """, connection, transaction);
        remember.Parameters.AddWithValue(archive);
        remember.Parameters.AddWithValue(position);
        await remember.ExecuteNonQueryAsync(cancellation);
    }
}
