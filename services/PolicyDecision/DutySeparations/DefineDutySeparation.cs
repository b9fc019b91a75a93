using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;

namespace AccessGov.PolicyDecision.DutySeparations;

/// <summary>Says which roles do not go together, for the first time or anew. Whoever holds them already keeps them, and is listed as a violation.</summary>
internal static class DefineDutySeparation
{
    private const int RolesMax = 100;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Description, IReadOnlyList<string> Roles, int AtMost = 1, GiveGrant.Scope? Scope = null);

    public static Outcome<DutySeparationEvent> Decide(DutySeparation state, string id, Command command, FactsSnapshot facts)
    {
        if ((Malformed(id, command) ?? RefusedRoles(command, facts) ?? GiveGrant.RefusedScope(ScopeOf(command), facts.Sites)) is { } refusal)
        {
            return refusal;
        }

        string[] roles = [.. command.Roles.Order(StringComparer.Ordinal)];
        var defined = command.Scope is { Kind: not GrantScopeKind.Everywhere } scope
            ? new DutySeparationDefined(command.Description, roles, command.AtMost, scope.Kind, scope.Id)
            : new DutySeparationDefined(command.Description, roles, command.AtMost);
        return state is DutySeparation.Defined { Definition: var before } && before.Roles.SequenceEqual(roles, StringComparer.Ordinal) && before with { Roles = defined.Roles } == defined
            ? Outcome.NothingToDo<DutySeparationEvent>()
            : defined;
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/duty-separations/{id}", (string id, Command command, Commands commands, HttpContext http) =>
            commands.RunAsync(http, DutySeparation.Streams, id, state => Decide(state, id, command, commands.Facts)))
        .RequireAuthorization("roles.manage");

    private static GiveGrant.Scope ScopeOf(Command command) => command.Scope ?? new GiveGrant.Scope(GrantScopeKind.Everywhere);

    private static Refusal? Malformed(string id, Command command) => command switch
    {
        _ when !Identifiers.IsOwn(id) => new Refusal("duty_separation_malformed", "The id is 1 to 64 lower case letters, digits and inner hyphens."),
        _ when !Identifiers.IsText(command.Description, 1000) => new Refusal("duty_separation_malformed", "Describe what the rule is for, in at most 1000 characters."),
        _ when command.Roles.Count is < 2 or > RolesMax || command.Roles.Distinct(StringComparer.Ordinal).Count() != command.Roles.Count =>
            new Refusal("duty_separation_malformed", $"Name 2 to {RolesMax} roles, each once."),
        _ when command.AtMost < 1 || command.AtMost >= command.Roles.Count =>
            new Refusal("duty_separation_malformed", "atMost is at least 1 and less than the number of roles."),
        _ => GiveGrant.MalformedScope(ScopeOf(command)),
    };

    private static Refusal? RefusedRoles(Command command, FactsSnapshot facts) => command.Roles.FirstOrDefault(role => !facts.Roles.ContainsKey(role)) switch
    {
        null => null,
        { } retired when facts.RetiredRoles.Contains(retired) => new Refusal("role_retired", $"The role {retired} is retired, nobody holds it: leave it out."),
        { } unknown => new Refusal("role_unknown", $"There is no role {unknown}: define it first."),
    };
}
