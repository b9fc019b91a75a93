using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Journal;
using Npgsql;

namespace AccessGov.PolicyDecision.Analytics;

/// <summary>
/// Who accesses which studies, when, how often: <c>GET /analytics/access</c>. An access is a decision that an archive or viewer asked for,
/// whatever was answered; what is asked about administration is none, nor is what the service itself writes into the journal: searches,
/// explanations, looks into the past.
/// </summary>
internal static class CountAccesses
{
    private static readonly Refusal TooMany = new(
        "too_much_to_compare",
        "There are too many accesses to be counted at once: ask about a shorter range, or about one subject, patient or study.");

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/analytics/access", AnswerAsync).RequireAuthorization(FindDecisions.Scope);

    private static async Task<IResult> AnswerAsync(
        HttpContext http, AccessCounts counts, HashedIds ids, DecisionJournal journal, TimeProvider clock)
    {
        (AccessQuestion? asked, IResult? refused) = AccessQuestion.Parse(http.Request.Query, ids, clock.GetUtcNow());
        if (asked is not { } question)
        {
            return refused!;
        }

        try
        {
            CountedAccesses counted = await counts.CountAsync(question, clock.GetUtcNow(), http.RequestAborted);
            http.Response.Headers.CacheControl = "no-store";
            return Results.Json(Answer(question, counted, ids.Enabled, journal.Spool.Held.Records));
        }
        catch (PostgresException tooLong) when (tooLong.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            return Commands.Refuse(TooMany);
        }
        catch (NpgsqlException e)
        {
            return JournalProblems.Unreadable(e);
        }
    }

    private static Dictionary<string, object> Answer(AccessQuestion question, CountedAccesses counted, bool idsHashed, long spooled)
    {
        var when = AccessCalendar.Of(counted.Quarters, question.From, counted.Until, question.Zone);
        Dictionary<string, object> answer = Paging.Page(
            "rows", question.Paging, counted.Rows, row => new AccessPageKey(counted.Until, row.Count, row.Key).ToString());
        answer["from"] = question.From;
        answer["to"] = question.Filter.To!;
        answer["countedUntil"] = counted.Until;

        // What this replica's spool holds is not in the answer yet.
        answer["spooled"] = spooled;
        answer["by"] = question.By;
        answer["outcome"] = question.Outcome;
        answer["zone"] = question.Zone.Id;
        answer["idsHashed"] = idsHashed;
        answer["totals"] = counted.Totals;
        answer["series"] = new { when.Unit, when.Buckets };
        answer["hoursOfWeek"] = when.HoursOfWeek;
        return answer;
    }
}
