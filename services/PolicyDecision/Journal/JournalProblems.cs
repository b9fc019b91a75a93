using Npgsql;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>The journal's refusals over HTTP.</summary>
internal static class JournalProblems
{
    public static IResult InvalidRequest(string detail) => Problem(StatusCodes.Status400BadRequest, "invalid_request", "The question cannot be understood.", detail);

    public static IResult NotFound() => Problem(StatusCodes.Status404NotFound, "decision_unknown", "There is no such decision.", null);

    public static IResult Unreadable(NpgsqlException why) => Problem(
        StatusCodes.Status503ServiceUnavailable, "journal_unreadable", "The journal's database cannot be asked now.",
        why is PostgresException refused ? $"PostgreSQL refuses with {refused.SqlState}." : null);

    private static IResult Problem(int status, string code, string title, string? detail) =>
        Results.Problem(detail, statusCode: status, title: title, type: $"urn:accessgov:policy-decision:{code}");
}
