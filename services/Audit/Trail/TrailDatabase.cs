using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Trail;

/// <summary>The trail's own database, as three roles: one adds, one gives places and keeps keys, one reads.</summary>
internal sealed class TrailDatabase : IAsyncDisposable
{
    public const string Schema = "trail";

    /// <summary>A search that takes longer is ended, so that it holds up nobody.</summary>
    private static readonly TimeSpan SearchPatience = TimeSpan.FromSeconds(20);

    public TrailDatabase(IOptions<AuditOptions> options)
    {
        Append = Source(options.Value.AppendConnectionString);
        Seal = Source(options.Value.SealConnectionString);
        NpgsqlConnectionStringBuilder alone = DatabaseSettings.Of(options.Value.SealConnectionString, Schema, Refusals.Service);
        alone.Pooling = false;
        alone.KeepAlive = (int)options.Value.LockKeepAlive.TotalSeconds;
        SealAlone = NpgsqlDataSource.Create(alone);
        NpgsqlConnectionStringBuilder read = DatabaseSettings.Of(options.Value.ReadConnectionString, Schema, Refusals.Service);
        read.Options += string.Create(CultureInfo.InvariantCulture, $" -c statement_timeout={(int)SearchPatience.TotalMilliseconds}");
        Read = NpgsqlDataSource.Create(read);
    }

    /// <summary>May insert events that wait for their place, and see nothing.</summary>
    public NpgsqlDataSource Append { get; }

    /// <summary>May take events that wait, move the trail's head, and keep the keys of sealed fields.</summary>
    public NpgsqlDataSource Seal { get; }

    /// <summary>
    /// The same for whoever holds a lock of the database: a connection that is closed ends, and its locks with it, and does not go back to
    /// others who would hold them on.
    /// </summary>
    public NpgsqlDataSource SealAlone { get; }

    /// <summary>May search.</summary>
    public NpgsqlDataSource Read { get; }

    public async ValueTask DisposeAsync()
    {
        await Append.DisposeAsync();
        await Seal.DisposeAsync();
        await SealAlone.DisposeAsync();
        await Read.DisposeAsync();
    }

    private static NpgsqlDataSource Source(string connectionString) =>
        NpgsqlDataSource.Create(DatabaseSettings.Of(connectionString, Schema, Refusals.Service));
}
