using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Clients;

namespace AccessGov.IdentityFederation.Groups;

/// <summary>
/// Says what the members of a group may do with programs that act for them. A program that somebody has signed in to gets what it may ask for and they may have,
/// and no more.
/// </summary>
internal static class AssignScopes
{
    private const int ScopesMax = 200;

    /// <param name="Scopes">All that they may have by this group; none takes everything away.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(IReadOnlyList<string> Scopes);

    /// <param name="state">The group.</param>
    /// <param name="command">What its members may do.</param>
    /// <param name="by">The person who commands; null for a program that acts for itself.</param>
    public static Outcome<GroupEvent> Decide(Group state, Command command, string? by)
    {
        if (command.Scopes.Count > ScopesMax || command.Scopes.Any(scope => !RegisterClient.IsScope(scope))
            || command.Scopes.Distinct(StringComparer.Ordinal).Count() != command.Scopes.Count)
        {
            return new Refusal(
                "scope_malformed", $"A group has at most {ScopesMax} scopes, each named once, without blanks, quotation marks and backslashes.");
        }

        return state switch
        {
            Group.Provisioned group when group.Scopes.SequenceEqual(command.Scopes, StringComparer.Ordinal) => Outcome.NothingToDo<GroupEvent>(),

            // Nobody gives themselves what they may not do.
            Group.Provisioned group when by is not null && group.Members.Contains(by) && command.Scopes.Except(group.Scopes).Any() =>
                new Refusal("self_assignment", "You are in this group: somebody who is not gives it more scopes."),
            Group.Provisioned => new GroupScopesAssigned(command.Scopes),
            _ => ProvisionGroup.Absent,
        };
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/groups/{id}/scopes", (string id, Command command, GroupCommands groups, HttpContext http) => groups.RunAsync(
            http, id, state => Decide(state, command, Caller.Person(http)), (of, _) => Results.Ok(new { Id = of, command.Scopes }), Refusals.Answer))
        .RequireAuthorization("scopes.assign");
}
