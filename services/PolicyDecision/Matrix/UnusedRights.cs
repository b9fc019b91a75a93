using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.TimeTravel;
using Npgsql;

namespace AccessGov.PolicyDecision.Matrix;

/// <summary>
/// Rights that nobody used: role and action that the policies give, while the journal has no permit of that action for anybody who holds the role. Who holds another
/// role that gives the action counts as having used both. The journal's index is asked: decisions of the last seconds may be missing.
/// </summary>
internal sealed class UnusedRights(ReadMatrix matrices, IFacts facts, JournalDatabase journal, HashedIds ids, TimeProvider clock)
{
    private const int DaysDefault = 90;
    private const int DaysMax = 3660;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/permission-matrix/unused", (UnusedRights unused, CancellationToken cancellation, int? days) => unused.AnswerAsync(days ?? DaysDefault, cancellation))
        .RequireAuthorization("facts.read");

    private async Task<IResult> AnswerAsync(int days, CancellationToken cancellation)
    {
        if (days is < 1 or > DaysMax)
        {
            return Commands.Refuse(new Refusal("window_malformed", $"days is from 1 to {DaysMax}."));
        }

        Outcome<PermissionMatrix> made = await matrices.OfAsync(cancellation, ("at", null));
        if (made.Refusal() is { } refusal)
        {
            return Commands.Refuse(refusal);
        }

        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset since = now.AddDays(-days);
        HashSet<(string Subject, string Action)> used = await UsedAsync(since, cancellation);
        ILookup<string, string> holders = facts.Current.Subjects
            .SelectMany(subject => subject.Value.Grants.Where(grant => grant.IsActive(now)).Select(grant => grant.Role).Distinct(StringComparer.Ordinal)
                .Select(role => (Role: role, Subject: ids.Of(subject.Key.Id)!)))
            .ToLookup(held => held.Role, held => held.Subject, StringComparer.Ordinal);
        return Results.Json(new
        {
            Since = since,
            Rights = made.Value().Cells.Where(cell => cell.IsRight && !holders[cell.Role].Any(holder => used.Contains((holder, cell.Action))))
                .Select(cell => new { cell.Role, cell.Action, Full = $"{cell.Full}", ReadOnly = $"{cell.ReadOnly}", Holders = holders[cell.Role].Count() }),
        });
    }

    private async Task<HashSet<(string Subject, string Action)>> UsedAsync(DateTimeOffset since, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = journal.Source.CreateCommand("select distinct subject, action from decision where at >= $1 and permitted");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = since.ToUniversalTime() });
        return [.. await ReadModelRows.ReadAsync(command, row => (row.GetString(0), row.GetString(1)), cancellation)];
    }
}
