using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Groups;

/// <summary>Says which roles of PolicyDecision the members of a group have, and where.</summary>
internal static class AssignRoles
{
    private const int RolesMax = 50;

    /// <param name="Roles">All that they have by this group; none takes everything away.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(IReadOnlyList<GroupRole> Roles);

    /// <param name="state">The group.</param>
    /// <param name="command">What its members have.</param>
    /// <param name="by">The person who commands; null for a program that acts for itself.</param>
    public static Outcome<GroupEvent> Decide(Group state, Command command, string? by)
    {
        if (command.Roles.Count > RolesMax || command.Roles.Any(role => !IsRole(role))
            || command.Roles.Distinct().Count() != command.Roles.Count)
        {
            return new Refusal(
                "group_role_malformed",
                $"A group has at most {RolesMax} roles, each once for a place: everywhere, or a site or department by its id.");
        }

        return state switch
        {
            Group.Provisioned group when group.Roles.SequenceEqual(command.Roles) => Outcome.NothingToDo<GroupEvent>(),

            // Nobody gives themselves what they do not have.
            Group.Provisioned group when by is not null && group.Members.Contains(by) && command.Roles.Except(group.Roles).Any() =>
                new Refusal("self_assignment", "You are in this group: somebody who is not gives it more roles."),
            Group.Provisioned => new GroupRolesAssigned(command.Roles),
            _ => ProvisionGroup.Absent,
        };
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/groups/{id}/roles", (string id, Command command, GroupCommands groups, HttpContext http) => groups.RunAsync(
            http, id, state => Decide(state, command, Caller.Person(http)),
            (of, _) => Results.Ok(new { Id = of, command.Roles }), Refusals.Answer))
        .RequireAuthorization("roles.assign");

    // Whether there are such a role, site and department only PolicyDecision knows: what it does not know it lists among what it could not
    // give.
    private static bool IsRole(GroupRole? role) => role is { Role: { } name, Scope: { } scope } && Identifiers.IsOwn(name) && scope switch
    {
        { Kind: RoleScopeKind.Everywhere, Id: var id } => id is null,
        { Id: var id } => id is not null && Identifiers.IsOwn(id),
    };
}
