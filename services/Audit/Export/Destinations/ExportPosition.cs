using AccessGov.Audit.Trail;
using Npgsql;

namespace AccessGov.Audit.Export.Destinations;

/// <summary>
/// How far a destination has come, for the one process that serves it: a connection to the database holds a lock for as long as it lives
/// and moves the position
/// itself, so that whoever has lost the lock can move nothing any more.
/// </summary>
internal sealed class ExportPosition : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly string name;

    private ExportPosition(NpgsqlConnection connection, string name, long size) => (this.connection, this.name, Size) =
        (connection, name, size);

    /// <summary>How many leaves of the trail the destination has.</summary>
    public long Size { get; private set; }

    /// <summary>The position's name in the table of progress.</summary>
    public static string NameOf(string destination) => $"export:{destination}";

    /// <summary>Takes the lock; null when another process has it.</summary>
    /// <param name="database">The trail's database.</param>
    /// <param name="destination">The destination's name.</param>
    /// <param name="beginning">Where it begins when it is met for the first time.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<ExportPosition?> TakeAsync(TrailDatabase database, string destination, long beginning,
        CancellationToken cancellation)
    {
        string row = NameOf(destination);
        NpgsqlConnection opened = await database.SealAlone.OpenConnectionAsync(cancellation);
        try
        {
            await using var take = new NpgsqlCommand("select pg_try_advisory_lock(hashtext('trail export'), hashtext($1))", opened);
            take.Parameters.AddWithValue(row);
            if (!(bool)(await take.ExecuteScalarAsync(cancellation))!)
            {
                await opened.DisposeAsync();
                return null;
            }

            await using var begin = new NpgsqlCommand(
                "insert into trail.progress (name, size) values ($1, $2) on conflict (name) do nothing", opened);
            begin.Parameters.AddWithValue(row);
            begin.Parameters.AddWithValue(beginning);
            await begin.ExecuteNonQueryAsync(cancellation);
            await using var read = new NpgsqlCommand("select size from trail.progress where name = $1", opened);
            read.Parameters.AddWithValue(row);
            return new ExportPosition(opened, row, (long)(await read.ExecuteScalarAsync(cancellation))!);
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>The destination has the leaves below <paramref name="size"/>.</summary>
    public async Task MoveAsync(long size, CancellationToken cancellation)
    {
        await using var move = new NpgsqlCommand("update trail.progress set size = $2 where name = $1 and size <= $2", connection);
        move.Parameters.AddWithValue(name);
        move.Parameters.AddWithValue(size);
        if (await move.ExecuteNonQueryAsync(cancellation) == 0)
        {
            throw new InvalidOperationException("The position of an export destination was moved by somebody else.");
        }

        Size = size;
    }

    /// <summary>Moves a position past one event that is left out; false when it is not there any more.</summary>
    public static async Task<bool> SkipAsync(
        NpgsqlTransaction transaction, string destination, long sequence, CancellationToken cancellation)
    {
        await using var skip = new NpgsqlCommand("update trail.progress set size = size + 1 where name = $1 and size = $2",
            transaction.Connection, transaction);
        skip.Parameters.AddWithValue(NameOf(destination));
        skip.Parameters.AddWithValue(sequence);
        return await skip.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <summary>Fails when the connection, and with it the lock, is gone.</summary>
    public async Task ProveAsync(CancellationToken cancellation)
    {
        await using var ask = new NpgsqlCommand("select 1", connection);
        await ask.ExecuteScalarAsync(cancellation);
    }

    /// <summary>Ends the connection, and with it the lock.</summary>
    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
