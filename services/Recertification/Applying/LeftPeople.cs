using Npgsql;

namespace AccessGov.Recertification.Applying;

/// <summary>Who does not work here any more, as IdentityFederation said: nobody is asked about them. Thread-safe.</summary>
internal sealed class LeftPeople(NpgsqlDataSource database)
{
    public const string CreateTable = """create table if not exists review_left (person text collate "C" primary key);""";

    public Task LeftAsync(string person, CancellationToken cancellation) =>
        ExecuteAsync("insert into review_left (person) values ($1) on conflict do nothing", person, cancellation);

    /// <summary>They are back.</summary>
    public Task BackAsync(string person, CancellationToken cancellation) =>
        ExecuteAsync("delete from review_left where person = $1", person, cancellation);

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

    private async Task ExecuteAsync(string sql, string person, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        command.Parameters.AddWithValue(person);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
