using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>What holds for whoever takes it: how long unless a role allows less, and within what time it is judged.</summary>
internal static class ShowTerms
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/emergency-access/terms", (IOptions<BreakGlassOptions> options) => Results.Ok(new
        {
            hours = options.Value.Duration.TotalHours, reviewHours = options.Value.ReviewWithin.TotalHours,
        }))
        .RequireAuthorization(InvokeEmergencyAccess.Scope);
}
