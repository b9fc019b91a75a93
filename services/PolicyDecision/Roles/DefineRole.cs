using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Roles;

/// <summary>Says what a role is, for the first time or anew.</summary>
internal static class DefineRole
{
    private const int PermissionsMax = 200;
    private const int GrantDaysLongest = 3660;
    private const int RequestHoursLongest = 24 * 366;
    private const int EmergencyHoursLongest = 12;
    private const int InvokersMax = 50;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(
        string Description, IReadOnlyList<string>? Permissions = null, bool ReadOnly = false, int? GrantDaysMax = null, Request? Request = null,
        Emergency? Emergency = null);

    /// <summary>That the role may be asked for after a denial, for how long at most, and of whom.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Request(int HoursMax, string Approver);

    /// <summary>That holders of some roles may take the role for a patient in an emergency, for how long at most.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Emergency(int HoursMax, IReadOnlyList<string> Invokers);

    public static Outcome<RoleEvent> Decide(Role state, string id, Command command, FactsSnapshot facts)
    {
        if (Malformed(id, command) is { } malformed)
        {
            return malformed;
        }

        string[] permissions = [.. (command.Permissions ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var defined = new RoleDefined(
            command.Description, permissions, command.ReadOnly, command.GrantDaysMax, command.Request?.HoursMax, command.Request?.Approver,
            command.Emergency?.HoursMax, command.Emergency is { Invokers: var invokers } ? [.. invokers.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] : null);
        string? unknown = permissions.FirstOrDefault(permission => facts.Policies is { } policies && !policies.Knows(permission));
        return state switch
        {
            // Reviving a role would silently revive every grant of it.
            Role.Retired => new Refusal("role_retired", $"The role {id} is retired for good: define a role with another id."),

            _ when unknown is not null =>
                new Refusal("permission_unknown", $"The policy set in force has no action {unknown}: use one of its actions, or publish it first."),

            Role.Defined { Definition: var before } when before with { Permissions = defined.Permissions, EmergencyInvokers = defined.EmergencyInvokers } == defined
                && before.Permissions.SequenceEqual(permissions, StringComparer.Ordinal)
                && (before.EmergencyInvokers ?? []).SequenceEqual(defined.EmergencyInvokers ?? [], StringComparer.Ordinal) =>
                Outcome.NothingToDo<RoleEvent>(),

            _ => defined,
        };
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/roles/{id}", (string id, Command command, Commands commands, HttpContext http) =>
            commands.RunAsync(http, Role.Streams, id, state => Decide(state, id, command, commands.Facts)))
        .RequireAuthorization("roles.manage");

    private static Refusal? Malformed(string id, Command command) => command switch
    {
        _ when !Identifiers.IsOwn(id) =>
            new Refusal("role_malformed", "A role's id is 1 to 64 lower case letters, digits and inner hyphens."),
        _ when !Identifiers.IsText(command.Description, 1000) =>
            new Refusal("role_malformed", "A role needs a description of at most 1000 characters."),
        { GrantDaysMax: < 1 or > GrantDaysLongest } =>
            new Refusal("role_malformed", $"grantDaysMax is from 1 to {GrantDaysLongest}, or absent."),
        { Request: { } request } when request.HoursMax is < 1 or > RequestHoursLongest || !Identifiers.IsOwn(request.Approver) =>
            new Refusal("role_malformed", $"request names hoursMax from 1 to {RequestHoursLongest} and the role of its approver."),
        { Emergency: { } emergency } when emergency.HoursMax is < 1 or > EmergencyHoursLongest || emergency.Invokers.Count is 0 or > InvokersMax || !emergency.Invokers.All(Identifiers.IsOwn) =>
            new Refusal("role_malformed", $"emergency names hoursMax from 1 to {EmergencyHoursLongest} and 1 to {InvokersMax} roles as its invokers."),
        { Permissions: { } permissions } when permissions.Count > PermissionsMax || !permissions.All(ActionNames.IsOne) =>
            new Refusal("role_malformed", $"Permissions are at most {PermissionsMax} names of actions, for example study.view."),
        _ => null,
    };
}
