using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Recertification.Campaigns;

/// <summary>
/// A row for each campaign, written in the transaction of each event: what people see in the list, and what is due when. Thread-safe.
/// </summary>
internal sealed class CampaignRows(NpgsqlDataSource database)
{
    public const string CreateTable =
        """
        create table if not exists review_campaign (
            id text collate "C" primary key, name text not null, kind text not null, state text not null,
            starts_at timestamptz not null, deadline timestamptz not null, zone text not null, two_stages boolean not null,
            series_number integer, followed boolean not null default false, items integer);
        create index if not exists review_campaign_due on review_campaign (starts_at) where state = 'set_up' and series_number > 0;
        create index if not exists review_campaign_followed on review_campaign (id)
            where state in ('launched', 'paused') and series_number is not null and not followed;
        create index if not exists review_campaign_begun on review_campaign (starts_at) where state = 'launched';
        """;

    public const string SetUp = "set_up";
    public const string Launched = "launched";
    public const string Paused = "paused";
    public const string Cancelled = "cancelled";
    public const string Closed = "closed";

    public static IReadOnlyList<string> States { get; } = [SetUp, Launched, Paused, Cancelled, Closed];

    /// <param name="Kind">quarterly, six_monthly, ad_hoc, mover, returner.</param>
    /// <param name="State">One of <see cref="States"/>.</param>
    /// <param name="Recurring">Whether the calendar brings the next one.</param>
    /// <param name="Items">How many items it has; absent until all of them are there.</param>
    public sealed record Item(
        string Id, string Name, string Kind, string State, DateTimeOffset Starts, DateTimeOffset Deadline, string Zone, bool TwoStages,
        bool Recurring, int? Items);

    /// <summary>What people see of a state; null where there is no campaign.</summary>
    public static (string Name, CampaignTerms Terms)? Of(Campaign campaign) => campaign switch
    {
        Campaign.SetUp s => (SetUp, s.Terms),
        Campaign.Launched { Paused: true } l => (Paused, l.Terms),
        Campaign.Launched l => (Launched, l.Terms),
        Campaign.Cancelled c => (Cancelled, c.Terms),
        Campaign.Closed c => (Closed, c.Terms),
        _ => null,
    };

    /// <summary>A value of an enumeration as it is written outside.</summary>
    public static string Text(CampaignKind kind) => kind switch
    {
        CampaignKind.Quarterly => "quarterly",
        CampaignKind.SixMonthly => "six_monthly",
        CampaignKind.AdHoc => "ad_hoc",
        CampaignKind.Mover => "mover",
        CampaignKind.Returner => "returner",
        _ => throw new InvalidOperationException($"{kind} is not a known kind of campaign."),
    };

    /// <param name="id">The campaign.</param>
    /// <param name="campaign">What it is now.</param>
    /// <param name="transaction">The append's.</param>
    /// <param name="cancellation">Ends the append.</param>
    public static async Task WriteAsync(string id, Campaign campaign, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        if (Of(campaign) is not var (state, terms))
        {
            return;
        }

        await using var write = new NpgsqlCommand(
            """
            insert into review_campaign (id, name, kind, state, starts_at, deadline, zone, two_stages, series_number, items)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict (id) do update set state = excluded.state, deadline = excluded.deadline,
                items = coalesce(excluded.items, review_campaign.items)
            """, transaction.Connection, transaction);
        object[] values =
        [
            id, terms.Name, Text(terms.Kind), state, terms.Starts.ToUniversalTime(), terms.Deadline.ToUniversalTime(), terms.Zone,
            terms.TwoStages,
        ];
        Array.ForEach(values, value => write.Parameters.Add(new() { Value = value }));
        write.Parameters.Add(ReadModelRows.Optional(terms.Series?.Number, NpgsqlDbType.Integer));
        write.Parameters.Add(ReadModelRows.Optional((campaign as Campaign.Launched)?.Items, NpgsqlDbType.Integer));
        await write.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>A page of campaigns in the order of their ids.</summary>
    public async Task<IReadOnlyList<Item>> ReadAsync(string? state, Paging paging, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select id, name, kind, state, starts_at, deadline, zone, two_stages, series_number is not null, items
            from review_campaign
            where ($1::text is null or state = $1) and ($2::text is null or id > $2) order by id limit $3
            """);
        read.Parameters.Add(ReadModelRows.Optional(state, NpgsqlDbType.Text));
        read.Parameters.Add(ReadModelRows.Optional(paging.After, NpgsqlDbType.Text));
        read.Parameters.AddWithValue(paging.Limit);
        return await ReadModelRows.ReadAsync(
            read, row => new Item(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4),
                row.GetFieldValue<DateTimeOffset>(5), row.GetString(6), row.GetBoolean(7), row.GetBoolean(8),
                row.IsDBNull(9) ? null : row.GetInt32(9)), cancellation);
    }

    /// <summary>Those that the calendar brought and whose time has come.</summary>
    public Task<IReadOnlyList<string>> DueAsync(DateTimeOffset now, CancellationToken cancellation) => IdsAsync(
        "select id from review_campaign where state = 'set_up' and series_number > 0 and starts_at <= $1 order by starts_at limit 20",
        cancellation, now);

    /// <summary>Those of a series that are launched and after which the next one is not set up yet.</summary>
    public Task<IReadOnlyList<string>> NotFollowedAsync(CancellationToken cancellation) => IdsAsync(
        """
        select id from review_campaign
        where state in ('launched', 'paused') and series_number is not null and not followed order by id limit 20
        """, cancellation);

    /// <summary>Those that have started and whose items are not all there.</summary>
    public Task<IReadOnlyList<string>> ToOpenAsync(DateTimeOffset now, CancellationToken cancellation) => IdsAsync(
        "select id from review_campaign where state = 'launched' and items is null and starts_at <= $1 order by starts_at limit 20",
        cancellation, now);

    /// <summary>Those whose items are all there, each with how many.</summary>
    public async Task<IReadOnlyList<(string Id, int Items)>> ToCloseAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            "select id, items from review_campaign where state = 'launched' and items is not null");
        return await ReadModelRows.ReadAsync(read, row => (row.GetString(0), row.GetInt32(1)), cancellation);
    }

    /// <summary>Whether people decide in a campaign now.</summary>
    public async Task<bool> IsRunningAsync(string id, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand("select 1 from review_campaign where id = $1 and state = 'launched'");
        read.Parameters.AddWithValue(id);
        return await read.ExecuteScalarAsync(cancellation) is not null;
    }

    /// <summary>The next one is set up.</summary>
    public async Task FollowedAsync(string id, CancellationToken cancellation)
    {
        await using NpgsqlCommand write = database.CreateCommand("update review_campaign set followed = true where id = $1");
        write.Parameters.AddWithValue(id);
        await write.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<IReadOnlyList<string>> IdsAsync(string sql, CancellationToken cancellation, params object[] values)
    {
        await using NpgsqlCommand read = database.CreateCommand(sql);
        Array.ForEach(values, value => read.Parameters.Add(new() { Value = value }));
        return await ReadModelRows.ReadAsync(read, row => row.GetString(0), cancellation);
    }
}
