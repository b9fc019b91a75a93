using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.DutySeparations;

/// <summary>Takes a rule away: its roles go together from then on.</summary>
internal static class RemoveDutySeparation
{
    public static Outcome<DutySeparationEvent> Decide(DutySeparation state) => state switch
    {
        DutySeparation.Defined => new DutySeparationRemoved(),
        _ => new Refusal("duty_separation_unknown", "There is no rule of separated duties with this id."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapDelete("/duty-separations/{id}", (string id, Commands commands, HttpContext http) => commands.RunAsync(http, DutySeparation.Streams, id, Decide))
        .RequireAuthorization("roles.manage");
}
