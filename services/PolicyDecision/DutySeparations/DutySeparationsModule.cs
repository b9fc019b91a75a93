namespace AccessGov.PolicyDecision.DutySeparations;

/// <summary>The wiring of the rules of separated duties.</summary>
internal static class DutySeparationsModule
{
    public static void MapDutySeparations(this IEndpointRouteBuilder routes)
    {
        DefineDutySeparation.Map(routes);
        RemoveDutySeparation.Map(routes);
        DutyViolations.Map(routes);
    }
}
