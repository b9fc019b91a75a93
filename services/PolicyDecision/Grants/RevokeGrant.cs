using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Grants;

/// <summary>Takes a grant back, at once.</summary>
internal static class RevokeGrant
{
    public static readonly Refusal Unknown = new("grant_unknown", "There is no grant with this id.");

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Reason);

    public static Outcome<GrantEvent> Decide(Grant state, Command command) => state switch
    {
        Grant.NotGiven => Unknown,
        Grant.Revoked => Outcome.NothingToDo<GrantEvent>(),
        _ when string.IsNullOrWhiteSpace(command.Reason) => new Refusal("reason_required", "Say why the grant is taken back."),
        _ when !Identifiers.IsText(command.Reason, 1000) =>
            new Refusal("reason_malformed", "The reason has at most 1000 characters, none of them NUL."),

        // Taken back here it would come back as soon as anything about the person's groups changes, and until then the groups would say
        // what is not so.
        Grant.Given { Terms.ByGroups: true } =>
            new Refusal(
                "grant_by_groups", "The person's groups give this grant: take the person out of the group, or the role from the group."),

        // BreakGlass would show it as active, and nobody could tell from the case that it is not.
        Grant.Given { Terms.ByEmergency: true } =>
            new Refusal("grant_by_emergency", "This is emergency access: end it where it is kept, on the page of the emergency case."),
        Grant.Given { Terms: var given } => new GrantRevoked(given.SubjectType, given.SubjectId, given.Role, command.Reason),
        _ => throw new InvalidOperationException($"{state.GetType().Name} is not a known state of a grant."),
    };

    /// <summary>Ends a grant, however it was given, because IdentityFederation says what ends it.</summary>
    public static Outcome<GrantEvent> End(Grant state, string reason) => state is Grant.Given { Terms: var given }
        ? new GrantRevoked(given.SubjectType, given.SubjectId, given.Role, reason)
        : Outcome.NothingToDo<GrantEvent>();

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/grants/{id}/revoke", (string id, Command command, Commands commands, HttpContext http) =>
            commands.RunAsync(http, Grant.Streams, id, state => Decide(state, command)))
        .RequireAuthorization("grants.manage");
}
