using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Recertification.Reviews;

/// <summary>All items with what became of them, the riskiest first: for people.</summary>
internal sealed class ItemList(NpgsqlDataSource database) : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists review_item (
            id text collate "C" primary key, campaign text collate "C" not null, grant_id text collate "C" not null,
            person text collate "C" not null, role text collate "C" not null, risk smallint not null, reviewer text collate "C",
            second_reviewer text collate "C", open boolean not null, opened jsonb not null);
        create index if not exists review_item_of on review_item (campaign, risk desc, id);
        create index if not exists review_item_open on review_item (campaign) where open;
        create index if not exists review_item_mine on review_item (reviewer, risk desc, id) where open;
        """;

    public string Name => "ReviewItemList";

    /// <param name="Id">The item.</param>
    /// <param name="Name">What the person is called; absent when they are not known.</param>
    /// <param name="Department">Where they work; absent when that is not known.</param>
    /// <param name="Open">Whether it is to be decided still.</param>
    /// <param name="About">What it was when it was opened.</param>
    public sealed record Item(string Id, string? Name, string? Department, bool Open, ReviewItemOpened About);

    public Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ReadModelRows.ChangeAsync(batch, Change, transaction, cancellation);

    /// <summary>Whether all items of a campaign are here and none is open.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="count">How many it has.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<bool> IsDecidedAsync(string campaign, int count, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select not exists (select from review_item where campaign = $1 and open)
                and (select count(*) from review_item where campaign = $1) >= $2
            """);
        read.Parameters.AddWithValue(campaign);
        read.Parameters.AddWithValue((long)count);
        return (bool)(await read.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>A page of the items of a campaign: the riskiest first, and within a class in the order of their ids.</summary>
    public async Task<IReadOnlyList<Item>> ReadAsync(string campaign, Paging paging, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select i.id, p.name, p.department, i.open, i.opened from review_item i left join review_person p on p.id = i.person
            left join review_item a on a.id = $2
            where i.campaign = $1 and ($2::text is null or i.risk < a.risk or (i.risk = a.risk and i.id > a.id))
            order by i.risk desc, i.id limit $3
            """);
        read.Parameters.AddWithValue(campaign);
        read.Parameters.Add(ReadModelRows.Optional(paging.After, NpgsqlDbType.Text));
        read.Parameters.AddWithValue(paging.Limit);
        return await ReadModelRows.ReadAsync(
            read, row => new Item(
                row.GetString(0), ReadModelRows.Text(row, 1), ReadModelRows.Text(row, 2), row.GetBoolean(3),
                JsonSerializer.Deserialize<ReviewItemOpened>(row.GetString(4), EventTypes.SerializerOptions)!), cancellation);
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/campaigns/{id}/items", async (string id, ItemList list, HttpContext http, int? limit, string? after) =>
            Paging.Of(limit, after) is { } paging
                ? Results.Ok(Paging.Page("items", paging, await list.ReadAsync(id, paging, http.RequestAborted), item => item.Id))
                : Refusals.Answer(Paging.Malformed))
        .RequireAuthorization(SetUpCampaign.Scope);

    private static NpgsqlBatchCommand? Change(StoredEvent stored) => stored.Data switch
    {
        ReviewItemOpened e => Opened(ReviewItem.Streams.IdOf(stored.StreamId), e),

        // Campaigns' events are not of this list.
        _ => null,
    };

    private static NpgsqlBatchCommand Opened(string id, ReviewItemOpened e)
    {
        NpgsqlBatchCommand insert = ReadModelRows.Statement(
            """
            insert into review_item (id, campaign, grant_id, person, role, risk, reviewer, second_reviewer, open, opened)
            values ($1, $2, $3, $4, $5, $6, $7, $8, true, $9) on conflict (id) do nothing
            """, id, e.Campaign, e.Grant, e.Person, e.Role, (short)e.Risk);
        insert.Parameters.Add(ReadModelRows.Optional(e.Assignment.Reviewer, NpgsqlDbType.Text));
        insert.Parameters.Add(ReadModelRows.Optional(e.Assignment.Second, NpgsqlDbType.Text));
        insert.Parameters.Add(new() { Value = JsonSerializer.Serialize(e, EventTypes.SerializerOptions), NpgsqlDbType = NpgsqlDbType.Jsonb });
        return insert;
    }
}
