using AccessGov.PolicyDecision.Journal;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Obligations;

/// <summary>Obligations that want a receipt and have none in time, and those whose receipt says that they failed.</summary>
internal sealed class OverdueObligations(JournalDatabase database, ObligationOptions options, TimeProvider clock)
{
    private const int CountMax = 10_000;

    private const string Open = """
        o.receipt_required and not o.settled and o.at < $1
        and not exists (select 1 from obligation_receipt r where r.evaluation_id = o.evaluation_id and r.obligation_id = o.obligation_id)
        """;

    private const string Columns = "o.evaluation_id, o.obligation_id, o.type, o.at, o.client, o.subject, o.action, o.resource";

    public sealed record Item(
        Guid EvaluationId, string ObligationId, string Type, DateTimeOffset DecidedAt, string Client, string Subject, string Action, string Resource, string? Detail);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/obligations/overdue", (OverdueObligations obligations, HttpContext http, int? limit, string? after) =>
                AnswerAsync(limit, after, paging => obligations.ReadAsync(failed: false, paging, http.RequestAborted)))
            .RequireAuthorization(FindDecisions.Scope);
        routes.MapGet("/obligations/failed", (OverdueObligations obligations, HttpContext http, int? limit, string? after) =>
                AnswerAsync(limit, after, paging => obligations.ReadAsync(failed: true, paging, http.RequestAborted)))
            .RequireAuthorization(FindDecisions.Scope);
    }

    /// <summary>A page in the order of the evaluation ids, which is the order of time.</summary>
    public async Task<IReadOnlyList<Item>> ReadAsync(bool failed, ReceiptPage page, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.Source.CreateCommand(failed
            ? $"""
              select {Columns}, f.detail from obligation_receipt f
              join decision_obligation o on o.evaluation_id = f.evaluation_id and o.obligation_id = f.obligation_id
              where f.status = 'failed' and f.received_at <= $1 and ($2::uuid is null or (f.evaluation_id, f.obligation_id) > ($2, $3))
              order by f.evaluation_id, f.obligation_id limit $4
              """
            : $"""
              select {Columns}, null from decision_obligation o
              where {Open} and ($2::uuid is null or (o.evaluation_id, o.obligation_id) > ($2, $3)) order by o.evaluation_id, o.obligation_id limit $4
              """);
        DateTimeOffset before = failed ? clock.GetUtcNow() : clock.GetUtcNow() - options.ReceiptWithin;
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = before.UtcDateTime });
        command.Parameters.Add(ReadModelRows.Optional(page.EvaluationId, NpgsqlDbType.Uuid));
        command.Parameters.Add(ReadModelRows.Optional(page.ObligationId, NpgsqlDbType.Text));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = page.Paging.Limit });
        return await ReadModelRows.ReadAsync(command, row => new Item(
            row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7),
            ReadModelRows.Text(row, 8)), cancellation);
    }

    /// <summary>How many are overdue, counted up to a bound.</summary>
    public async Task<long> CountAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.Source.CreateCommand(
            $"select count(*) from (select 1 from decision_obligation o where {Open} limit {CountMax}) as overdue");
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = (clock.GetUtcNow() - options.ReceiptWithin).UtcDateTime });
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<IResult> AnswerAsync(int? limit, string? after, Func<ReceiptPage, Task<IReadOnlyList<Item>>> readAsync)
    {
        if (ReceiptPage.Of(limit, after) is not { } page)
        {
            return Commands.Refuse(Paging.Malformed);
        }

        try
        {
            return Results.Ok(Paging.Page("obligations", page.Paging, await readAsync(page), item => $"{item.EvaluationId}/{item.ObligationId}"));
        }
        catch (NpgsqlException unreachable)
        {
            return JournalProblems.Unreadable(unreachable);
        }
    }
}
