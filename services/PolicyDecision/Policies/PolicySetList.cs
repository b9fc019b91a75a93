using AccessGov.PolicyDecision.Facts;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>Reads which policy sets there are, and which one decides.</summary>
internal static class PolicySetList
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/policy-sets", async (NpgsqlDataSource database, IFacts facts, IOptions<PolicyDecisionOptions> options, CancellationToken cancellation) =>
        {
            // Streams are begun by a publication: each is a set with a version in force.
            string prefix = PolicyVersions.Streams.StreamId("");
            await using NpgsqlCommand command = database.CreateCommand("""select id from mt_streams where starts_with(id, $1) order by id collate "C" """);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = prefix });
            IReadOnlyList<string> names = await ReadModelRows.ReadAsync(command, row => row.GetString(0)[prefix.Length..], cancellation);
            return Results.Ok(new { Deciding = options.Value.PolicySet, DecidingVersion = facts.Current.Policies?.Version, PolicySets = names });
        })
        .RequireAuthorization("facts.read");
}
