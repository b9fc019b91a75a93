using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Recertification.Reviews;

/// <summary>What somebody is asked to judge, the riskiest first, and one item with all that happened to it.</summary>
internal sealed class MyReviews(NpgsqlDataSource database)
{
    /// <param name="Step">The event's name, for example review_item_decided.</param>
    /// <param name="At">When.</param>
    /// <param name="By">Who did it; null when that is not known.</param>
    /// <param name="Data">What it says.</param>
    public sealed record History(string Step, DateTimeOffset At, string? By, object Data);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/reviews", async (MyReviews mine, HttpContext http, int? limit, string? after) =>
                Paging.Of(limit, after) is not { } paging ? Refusals.Answer(Paging.Malformed)
                : Caller.Person(http) is not { } reviewer ? Refusals.Answer(Refusals.NoPerson)
                : Results.Ok(Paging.Page("items", paging, await mine.ReadAsync(reviewer, paging, http.RequestAborted), item => item.Id)))
            .RequireAuthorization(DecideItem.Scope);
        routes.MapGet("/reviews/{id}", ShowAsync).RequireAuthorization(DecideItem.Scope);
    }

    private async Task<IReadOnlyList<ItemList.Item>> ReadAsync(string reviewer, Paging paging, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select i.id, p.name, p.department, i.state, i.fault, i.opened from review_item i
            join review_campaign c on c.id = i.campaign and c.state = 'launched'
            left join review_person p on p.id = i.person left join review_item a on a.id = $2
            where i.reviewer = $1 and i.state = 'open' and ($2::text is null or i.risk < a.risk or (i.risk = a.risk and i.id > a.id))
            order by i.risk desc, i.id limit $3
            """);
        read.Parameters.AddWithValue(reviewer);
        read.Parameters.Add(ReadModelRows.Optional(paging.After, NpgsqlDbType.Text));
        read.Parameters.AddWithValue(paging.Limit);
        return await ReadModelRows.ReadAsync(read, ItemList.Read, cancellation);
    }

    private static async Task<IResult> ShowAsync(string id, IEventStore store, HttpContext http)
    {
        EventStream stream = await store.LoadAsync(ReviewItem.Streams.StreamId(id), http.RequestAborted);
        if (stream.Events is not [{ Data: ReviewItemOpened opened }, ..] || !MaySee(stream, opened, Caller.Person(http)))
        {
            return Refusals.Answer(ItemRefusals.Unknown);
        }

        http.Response.Headers.ETag = $"\"{stream.Version}\"";
        return Results.Ok(new
        {
            id, about = opened, state = ItemList.StateOf(ReviewItem.Streams.Fold(stream)),
            history = stream.Events.Select(stored => new History(stored.Name, stored.RecordedAt, stored.Metadata.Actor, stored.Data)),
        });
    }

    /// <summary>Those who judge or judged it see it, also who was asked instead, and whose it is when they are asked.</summary>
    private static bool MaySee(EventStream stream, ReviewItemOpened opened, string? person) => person is not null
        && (opened.Assignment.Reviewer == person || opened.Assignment.Second == person || opened.Assignment.Next.Contains(person, StringComparer.Ordinal)
            || stream.Events.Any(stored => stored.Data is ReviewItemReassigned { To: var to } && to == person)
            || (opened.Person == person && stream.Events.Any(stored => stored.Data is ReviewItemPersonAsked)));
}
