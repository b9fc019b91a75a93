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
            second_reviewer text collate "C", state text not null, fault text, opened jsonb not null, decided_by text, verdict text,
            decided_at timestamptz);
        create index if not exists review_item_of on review_item (campaign, risk desc, id);
        create index if not exists review_item_open on review_item (campaign) where state in ('open', 'decided', 'not_applied');
        create index if not exists review_item_person on review_item (person) where state = 'open';
        create index if not exists review_item_mine on review_item (reviewer, risk desc, id) where state = 'open';
        """;

    public string Name => "ReviewItemList";

    /// <param name="Id">The item.</param>
    /// <param name="Name">What the person is called; absent when they are not known.</param>
    /// <param name="Department">Where they work; absent when that is not known.</param>
    /// <param name="State">open, decided, not_applied, applied, restoring, not_restored, restored, closed.</param>
    /// <param name="Fault">Why what was decided cannot be carried out; absent when it can.</param>
    /// <param name="About">What it was when it was opened.</param>
    public sealed record Item(string Id, string? Name, string? Department, string State, string? Fault, ReviewItemOpened About);

    public Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ReadModelRows.ChangeAsync(batch, Change, transaction, cancellation);

    /// <summary>Whether all items of a campaign are here, and each is decided and carried out.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="count">How many it has.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<bool> IsDecidedAsync(string campaign, int count, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select not exists (select from review_item where campaign = $1 and state in ('open', 'decided', 'not_applied'))
                and (select count(*) from review_item where campaign = $1) >= $2
            """);
        read.Parameters.AddWithValue(campaign);
        read.Parameters.AddWithValue((long)count);
        return (bool)(await read.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>A page of the items of a campaign: the riskiest first, and within a class in the order of their ids.</summary>
    public async Task<IReadOnlyList<Item>> ReadAsync(string campaign, string? state, Paging paging, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select i.id, p.name, p.department, i.state, i.fault, i.opened from review_item i left join review_person p on p.id = i.person
            left join review_item a on a.id = $2
            where i.campaign = $1 and ($4::text is null or i.state = $4) and ($2::text is null or i.risk < a.risk or (i.risk = a.risk and i.id > a.id))
            order by i.risk desc, i.id limit $3
            """);
        read.Parameters.AddWithValue(campaign);
        read.Parameters.Add(ReadModelRows.Optional(paging.After, NpgsqlDbType.Text));
        read.Parameters.AddWithValue(paging.Limit);
        read.Parameters.Add(ReadModelRows.Optional(state, NpgsqlDbType.Text));
        return await ReadModelRows.ReadAsync(read, Read, cancellation);
    }

    /// <summary>An item as the columns id, name, department, state, fault and opened say.</summary>
    public static Item Read(NpgsqlDataReader row) => new(
        row.GetString(0), ReadModelRows.Text(row, 1), ReadModelRows.Text(row, 2), row.GetString(3), ReadModelRows.Text(row, 4),
        JsonSerializer.Deserialize<ReviewItemOpened>(row.GetString(5), EventTypes.SerializerOptions)!);

    /// <summary>The word for a state.</summary>
    public static string StateOf(ReviewItem state) => state switch
    {
        ReviewItem.Open => "open",
        ReviewItem.Decided { Fault: null } => "decided",
        ReviewItem.Decided => "not_applied",
        ReviewItem.Applied => "applied",
        ReviewItem.Restoring { Fault: null } => "restoring",
        ReviewItem.Restoring => "not_restored",
        ReviewItem.Restored => "restored",
        ReviewItem.Closed => "closed",
        _ => throw new InvalidOperationException($"{state.GetType().Name} is no state of an item that is there."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/campaigns/{id}/items", async (string id, ItemList list, HttpContext http, string? state, int? limit, string? after) =>
            Paging.Of(limit, after) is { } paging
                ? Results.Ok(Paging.Page("items", paging, await list.ReadAsync(id, state, paging, http.RequestAborted), item => item.Id))
                : Refusals.Answer(Paging.Malformed))
        .RequireAuthorization(SetUpCampaign.Scope);

    private static NpgsqlBatchCommand? Change(StoredEvent stored) => stored.Data switch
    {
        ReviewItemOpened e => Opened(IdOf(stored), e),
        ReviewItemReassigned e => ReadModelRows.Statement("update review_item set reviewer = $2 where id = $1", IdOf(stored), e.To),
        ReviewItemPassedOn e => ReadModelRows.Statement("update review_item set reviewer = $2 where id = $1", IdOf(stored), e.To),
        ReviewItemDecided { Final: false } => ReadModelRows.Statement(
            "update review_item set reviewer = second_reviewer, second_reviewer = null, state = 'open', fault = null where id = $1", IdOf(stored)),
        ReviewItemDecided e => ReadModelRows.Statement(
            "update review_item set state = 'decided', fault = null, decided_by = $2, verdict = $3, decided_at = $4 where id = $1", IdOf(stored), e.By,
            e.Verdict.ToString(), e.At.ToUniversalTime()),
        ReviewItemNotApplied e => ReadModelRows.Statement(
            """
            update review_item set fault = $2, state = case when state in ('restoring', 'not_restored') then 'not_restored' else 'not_applied' end
            where id = $1
            """, IdOf(stored), e.Fault),
        ReviewItemApplied { Verdict: Verdict.Revoke } => Became(stored, "applied"),
        ReviewItemApplied e => CertifiedIn(stored, e.NewGrant),
        ReviewItemRestoreAsked => Became(stored, "restoring"),
        ReviewItemRestored => Became(stored, "restored"),
        ReviewItemClosed => Became(stored, "closed"),

        // What the person is asked changes nothing here, and campaigns' events are not of this list.
        _ => null,
    };

    private static NpgsqlBatchCommand Became(StoredEvent stored, string state) =>
        ReadModelRows.Statement("update review_item set state = $2, fault = null where id = $1", IdOf(stored), state);

    private static NpgsqlBatchCommand CertifiedIn(StoredEvent stored, string? newGrant)
    {
        NpgsqlBatchCommand both = ReadModelRows.Statement(
            """
            with became as (update review_item set state = 'applied', fault = null where id = $1 returning *)
            insert into review_certified (grant_id, item, certified_by, certified_at)
            select coalesce($2, grant_id), id, decided_by, decided_at from became
            on conflict (grant_id) do update set item = excluded.item, certified_by = excluded.certified_by, certified_at = excluded.certified_at
            """, IdOf(stored));
        both.Parameters.Add(ReadModelRows.Optional(newGrant, NpgsqlDbType.Text));
        return both;
    }

    private static string IdOf(StoredEvent stored) => ReviewItem.Streams.IdOf(stored.StreamId);

    private static NpgsqlBatchCommand Opened(string id, ReviewItemOpened e)
    {
        NpgsqlBatchCommand insert = ReadModelRows.Statement(
            """
            insert into review_item (id, campaign, grant_id, person, role, risk, reviewer, second_reviewer, state, opened)
            values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9) on conflict (id) do nothing
            """, id, e.Campaign, e.Grant, e.Person, e.Role, (short)e.Risk);
        insert.Parameters.Add(ReadModelRows.Optional(e.Assignment.Reviewer, NpgsqlDbType.Text));
        insert.Parameters.Add(ReadModelRows.Optional(e.Assignment.Second, NpgsqlDbType.Text));
        insert.Parameters.Add(new() { Value = JsonSerializer.Serialize(e, EventTypes.SerializerOptions), NpgsqlDbType = NpgsqlDbType.Jsonb });
        return insert;
    }
}
