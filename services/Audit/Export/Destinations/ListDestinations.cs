using Microsoft.AspNetCore.Http.HttpResults;

namespace AccessGov.Audit.Export.Destinations;

/// <summary>Where the trail goes, and how far each has come.</summary>
internal static class ListDestinations
{
    public const string Scope = "audit.read";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/export-destinations", HandleAsync).RequireAuthorization(Scope);

    private static async Task<Ok<Answer>> HandleAsync(DestinationStates states, CancellationToken cancellation) =>
        TypedResults.Ok(new Answer(await states.ReadAsync(cancellation)));

    /// <summary>The answer.</summary>
    internal sealed record Answer(IReadOnlyList<DestinationReport> Destinations);
}
