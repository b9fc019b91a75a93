using Npgsql;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>Whether the journal is as it was written: <c>GET /decisions/verification</c>.</summary>
internal static class VerifyJournal
{
    public sealed record Answer(bool Intact, bool AnchorsConfigured, IReadOnlyList<ChainVerdict> Chains);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/decisions/verification", HandleAsync).RequireAuthorization(FindDecisions.Scope);

    private static async Task<IResult> HandleAsync(string? writer, JournalVerification verification, AnchorKey key, CancellationToken cancellation)
    {
        try
        {
            IReadOnlyList<ChainVerdict> chains = await verification.VerifyAsync(writer, cancellation);
            return writer is not null && chains.Count == 0
                ? JournalProblems.InvalidRequest("There is no such writer.")
                : Results.Ok(new Answer(chains.All(chain => chain.Intact), key.Signs, chains));
        }
        catch (NpgsqlException e)
        {
            return JournalProblems.Unreadable(e);
        }
    }
}
