using Npgsql;

namespace AccessGov.Recertification.Applying;

/// <summary>Who does not work here any more, as IdentityFederation said: nobody is asked about them. Thread-safe.</summary>
internal sealed class LeftPeople(NpgsqlDataSource database)
{
    public const string CreateTable =
        """
        create table if not exists review_left (person text collate "C" primary key);
        alter table review_left add column if not exists left_at timestamptz;
        """;

    public Task LeftAsync(string person, DateTimeOffset at, CancellationToken cancellation) => ExecuteAsync(
        "insert into review_left (person, left_at) values ($1, $2) on conflict do nothing", cancellation, person, at.ToUniversalTime());

    /// <summary>Since when they are away; null when they are here, or that is not known.</summary>
    public async Task<DateTimeOffset?> SinceAsync(string person, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand("select left_at from review_left where person = $1");
        read.Parameters.AddWithValue(person);
        return await ReadModelRows.ReadAsync(read, row => ReadModelRows.Instant(row, 0), cancellation) is [var at] ? at : null;
    }

    /// <summary>They are back.</summary>
    public Task BackAsync(string person, CancellationToken cancellation) =>
        ExecuteAsync("delete from review_left where person = $1", cancellation, person);

    /// <summary>Some of the open items that nobody needs to decide, each with why.</summary>
    public async Task<IReadOnlyList<(string Item, string Cause)>> NeedlessAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select i.id, 'person_left' from review_item i join review_left l on l.person = i.person where i.state = 'open'
            union all
            select i.id, 'campaign_cancelled' from review_item i join review_campaign c on c.id = i.campaign and c.state = 'cancelled'
            where i.state = 'open'
            limit 200
            """);
        return await ReadModelRows.ReadAsync(read, row => (row.GetString(0), row.GetString(1)), cancellation);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation, params object[] values)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        Array.ForEach(values, value => command.Parameters.Add(new() { Value = value }));
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
