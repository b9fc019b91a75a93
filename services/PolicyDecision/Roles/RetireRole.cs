using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Roles;

/// <summary>Takes a role out of use, with every grant of it.</summary>
internal static class RetireRole
{
    public static Outcome<RoleEvent> Decide(Role state) => state switch
    {
        Role.Defined => new RoleRetired(),
        Role.Retired => Outcome.NothingToDo<RoleEvent>(),
        _ => new Refusal("role_unknown", "There is no role with this id."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapDelete("/roles/{id}", (string id, Commands commands, HttpContext http) => commands.RunAsync(http, Role.Streams, id, Decide))
        .RequireAuthorization("roles.manage");
}
