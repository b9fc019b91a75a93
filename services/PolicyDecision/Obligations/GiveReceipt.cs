using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Journal;
using Npgsql;

namespace AccessGov.PolicyDecision.Obligations;

/// <summary>The enforcement point says what became of an obligation. One receipt for each: what was said stays said.</summary>
internal static class GiveReceipt
{
    public const string Path = "/access/v1/obligations/receipts";
    private const int IdLengthMax = 1_000;
    private const int DetailLengthMax = 500;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(
        [property: JsonPropertyName("evaluation_id")] Guid EvaluationId, [property: JsonPropertyName("obligation_id")] string ObligationId, string Status, string? Detail = null);

    /// <summary>What was said of the obligation before.</summary>
    public sealed record Given(string Status, string? Detail);

    /// <param name="exists">Whether a decision that this client asked for has the obligation.</param>
    /// <param name="earlier">The receipt that there is; null when there is none.</param>
    /// <param name="command">The receipt that has come.</param>
    public static Outcome<Given> Decide(bool exists, Given? earlier, Command command) => exists switch
    {
        _ when command.Status is not ("fulfilled" or "failed") => new Refusal("receipt_malformed", "status is fulfilled or failed."),
        _ when command.ObligationId.Length is 0 or > IdLengthMax =>
            new Refusal("receipt_malformed", $"obligation_id is the id of an obligation of the decision, 1 to {IdLengthMax} characters."),
        _ when command.Detail is { } detail && !Identifiers.IsText(detail, DetailLengthMax) =>
            new Refusal("receipt_malformed", $"detail is a text of at most {DetailLengthMax} characters."),
        false => new Refusal(
            "obligation_unknown", "No decision of yours with this evaluation_id has this obligation. One of the last seconds may not be found yet: send the receipt again in a minute."),

        // A receipt that was sent again says nothing new.
        _ when earlier is not null && earlier == new Given(command.Status, command.Detail) => Outcome.NothingToDo<Given>(),

        _ when earlier is not null =>
            new Refusal("receipt_contradicts", $"This obligation has a receipt that says {earlier.Status}, and it stays. Tell the PACS administrator if it is wrong."),
        _ => new Given(command.Status, command.Detail),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(Path, HandleAsync).RequireAuthorization(EnforcementPointTokens.Scope).WithTags("AuthZEN");

    private static async Task<IResult> HandleAsync(Command command, JournalDatabase database, TimeProvider clock, HttpContext http)
    {
        string client = IndexedDecision.Key(Caller.Client(http));
        string id = IndexedDecision.Key(command.ObligationId);
        try
        {
            await using NpgsqlConnection connection = await database.Source.OpenConnectionAsync(http.RequestAborted);
            bool exists = await RecordedObligations.ExistsAsync(connection, command.EvaluationId, id, client, http.RequestAborted);
            Outcome<Given> outcome = Decide(exists, null, command);
            if (outcome is Outcome<Given>.Accepted && !await ObligationReceipts.StoreAsync(connection, command, id, client, clock.GetUtcNow(), http.RequestAborted))
            {
                outcome = Decide(exists, await ObligationReceipts.FindAsync(connection, command.EvaluationId, id, http.RequestAborted), command);
            }

            return outcome is Outcome<Given>.Refused { Reason: var reason } ? Commands.Refuse(reason) : Results.NoContent();
        }
        catch (NpgsqlException unreachable)
        {
            http.Response.Headers.RetryAfter = "1";
            return JournalProblems.Unreadable(unreachable);
        }
    }
}
