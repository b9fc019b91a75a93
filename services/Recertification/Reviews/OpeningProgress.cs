using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Recertification.Reviews;

/// <summary>How far the items of a campaign are opened, so that whoever is stopped goes on there. Thread-safe.</summary>
internal sealed class OpeningProgress(NpgsqlDataSource database)
{
    public const string CreateTable =
        """
        create table if not exists review_opening (
            campaign text collate "C" primary key, after_grant text collate "C", items integer not null);
        """;

    /// <param name="After">The last grant of the last page that is opened.</param>
    /// <param name="Items">How many items there are up to it.</param>
    public sealed record Place(string? After, int Items);

    /// <summary>Where it goes on; null when it has not begun.</summary>
    public async Task<Place?> FindAsync(string campaign, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand("select after_grant, items from review_opening where campaign = $1");
        read.Parameters.AddWithValue(campaign);
        return await ReadModelRows.ReadAsync(read, row => new Place(ReadModelRows.Text(row, 0), row.GetInt32(1)), cancellation) is [var one]
            ? one
            : null;
    }

    /// <summary>What is opened from now on.</summary>
    public async Task WriteAsync(string campaign, Place place, CancellationToken cancellation)
    {
        await using NpgsqlCommand write = database.CreateCommand(
            """
            insert into review_opening (campaign, after_grant, items) values ($1, $2, $3)
            on conflict (campaign) do update set after_grant = excluded.after_grant, items = excluded.items
            """);
        write.Parameters.AddWithValue(campaign);
        write.Parameters.Add(ReadModelRows.Optional(place.After, NpgsqlDbType.Text));
        write.Parameters.AddWithValue(place.Items);
        await write.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>It is over.</summary>
    public async Task ForgetAsync(string campaign, CancellationToken cancellation)
    {
        await using NpgsqlCommand write = database.CreateCommand("delete from review_opening where campaign = $1");
        write.Parameters.AddWithValue(campaign);
        await write.ExecuteNonQueryAsync(cancellation);
    }
}
