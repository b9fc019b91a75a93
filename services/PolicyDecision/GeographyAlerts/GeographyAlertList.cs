using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Journal;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.GeographyAlerts;

/// <summary>Who asked from where they are not at home: <c>GET /alerts/geography</c>, newest first.</summary>
internal static class GeographyAlertList
{
    // Whether it was permitted the index says, also where an answer was withdrawn later.
    private const string Alerts = """
        select a.evaluation_id, a.subject, a.kind, a.place, a.at, a.client, a.action, a.resource, a.study, d.permitted, d.reason,
            a.decisions
        from geography_alert a
        left join decision d on d.at = a.at and d.evaluation_id = a.evaluation_id
        where ($1::text is null or a.subject = $1) and ($2::uuid is null or a.evaluation_id < $2)
        order by a.evaluation_id desc limit $3
        """;

    private static readonly Refusal Hashed = new(
        "ids_hashed", "The journal keeps the ids of people as hashes, so nobody can say where they are at home.");

    /// <param name="EvaluationId">The first decision of that person from that place in that hour.</param>
    /// <param name="PlaceKind">site or country.</param>
    /// <param name="Decisions">How many decisions there were in that hour.</param>
    public sealed record Item(
        Guid EvaluationId, string Subject, string PlaceKind, string Place, DateTimeOffset At, string Client, string Action, string Resource,
        string? Study, bool? Permitted, string? Reason, long Decisions);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/alerts/geography", AnswerAsync).RequireAuthorization(FindDecisions.Scope);

    private static async Task<IResult> AnswerAsync(
        HttpContext http, JournalDatabase journal, HashedIds ids, string? subject, int? limit, string? after)
    {
        if (ids.Enabled)
        {
            return Commands.Refuse(Hashed);
        }

        Guid? last = Guid.TryParseExact(after, "D", out Guid id) ? id : null;
        if (Paging.Of(limit, after) is not { } paging || (after is not null && last is null))
        {
            return Commands.Refuse(Paging.Malformed);
        }

        try
        {
            await using NpgsqlCommand read = journal.Source.CreateCommand(Alerts);
            read.Parameters.Add(ReadModelRows.Optional(subject is null ? null : IndexedDecision.Key(subject), NpgsqlDbType.Text));
            read.Parameters.Add(ReadModelRows.Optional(last, NpgsqlDbType.Uuid));
            read.Parameters.Add(new NpgsqlParameter<int> { TypedValue = paging.Limit });
            IReadOnlyList<Item> items = await ReadModelRows.ReadAsync(read, Row, http.RequestAborted);
            http.Response.Headers.CacheControl = "no-store";
            return Results.Ok(Paging.Page("alerts", paging, items, item => item.EvaluationId.ToString()));
        }
        catch (NpgsqlException unreachable)
        {
            return JournalProblems.Unreadable(unreachable);
        }
    }

    private static Item Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4), row.GetString(5),
        row.GetString(6), row.GetString(7), ReadModelRows.Text(row, 8), row.IsDBNull(9) ? null : row.GetBoolean(9),
        ReadModelRows.Text(row, 10), row.GetInt64(11));
}
