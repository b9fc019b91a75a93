using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Grants;

/// <summary>Gives a subject a role somewhere for some time.</summary>
internal static class GiveGrant
{
    public const int ReasonLengthMax = 1000;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(
        string SubjectId, string Role, Scope Scope, string Reason,
        string SubjectType = "User", [property: JsonConverter(typeof(InstantConverter))] DateTimeOffset? From = null,
        [property: JsonConverter(typeof(InstantConverter))] DateTimeOffset? Until = null, bool ReadOnly = false);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Scope(GrantScopeKind Kind, string? Id = null);

    public static Outcome<GrantEvent> Decide(Grant state, Command command, FactsSnapshot facts, DateTimeOffset now, bool byGroups = false)
    {
        DateTimeOffset from = command.From ?? now;
        Refusal? refusal = Malformed(command) ?? RefusedRole(command, from, facts) ?? RefusedScope(command.Scope, facts.Sites);
        return (state, refusal) switch
        {
            (_, { } reason) => reason,
            (Grant.NotGiven, _) => new GrantGiven(
                command.SubjectType, command.SubjectId, command.Role, command.Scope.Kind, command.Scope.Id, from, command.Until, command.ReadOnly,
                command.Reason, byGroups),
            _ => Outcome.NothingToDo<GrantEvent>(),
        };
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/grants", (Command command, Commands commands, HttpContext http) => commands.RunAsync(
            http, Grant.Streams, Commands.NewId(), state => Decide(state, command, commands.Facts, commands.Now),
            (id, _) => Results.Created($"/grants/{id}", new { id }), DutyClaim.Of(command, commands.Facts, commands.Now)))
        .RequireAuthorization("grants.manage");

    private static Refusal? Malformed(Command command) => command switch
    {
        { SubjectType: not ("User" or "Service") } => new Refusal("subject_malformed", "subjectType is User or Service."),
        _ when !Identifiers.IsForeign(command.SubjectId) =>
            new Refusal("subject_malformed", $"subjectId is 1 to {Identifiers.LengthMax} characters, without control characters or surrounding blanks."),
        _ when string.IsNullOrWhiteSpace(command.Reason) => new Refusal("reason_required", "Say why the grant is given."),
        _ when !Identifiers.IsText(command.Reason, ReasonLengthMax) => new Refusal("reason_malformed", $"The reason has at most {ReasonLengthMax} characters, none of them NUL."),
        _ => MalformedScope(command.Scope),
    };

    /// <summary>What is wrong with a scope, of a grant or of a rule about grants.</summary>
    internal static Refusal? MalformedScope(Scope scope) => scope switch
    {
        { Kind: GrantScopeKind.Everywhere, Id: not null } => new Refusal("scope_id_unexpected", "What holds everywhere names no scope id."),
        { Kind: not GrantScopeKind.Everywhere, Id: var id } when string.IsNullOrWhiteSpace(id) =>
            new Refusal("scope_id_required", $"Name the {scope.Kind.ToString().ToLowerInvariant()} that it holds for."),
        { Kind: GrantScopeKind.Patient, Id: { } patient } when !Identifiers.IsForeign(patient) =>
            new Refusal("patient_malformed", $"A patient's id is 1 to {Identifiers.LengthMax} characters, without control characters or surrounding blanks."),
        _ => null,
    };

    private static Refusal? RefusedRole(Command command, DateTimeOffset from, FactsSnapshot facts) => facts.Roles.GetValueOrDefault(command.Role) switch
    {
        null when facts.RetiredRoles.Contains(command.Role) => new Refusal("role_retired", $"The role {command.Role} is retired: give another one."),
        null => new Refusal("role_unknown", $"There is no role {command.Role}: define it first."),
        _ when command.Until <= from => new Refusal("until_before_from", "A grant ends after it begins."),
        { GrantDaysMax: { } days } when command.Until is null =>
            new Refusal("until_required", $"Grants of {command.Role} end within {days} days: say until when."),
        // The days between them and not a last instant: there may be no such instant before the end of the calendar.
        { GrantDaysMax: { } days } when command.Until - from > TimeSpan.FromDays(days) =>
            new Refusal("until_too_late", $"Grants of {command.Role} end within {days} days."),
        _ => null,
    };

    internal static Refusal? RefusedScope(Scope scope, SiteDirectory sites) => scope switch
    {
        { Kind: GrantScopeKind.Site, Id: { } id } when !sites.Sites.ContainsKey(id) => new Refusal("site_unknown", $"There is no site {id}: define it first."),
        { Kind: GrantScopeKind.Department, Id: { } id } when !sites.SiteOfDepartment.ContainsKey(id) =>
            new Refusal("department_unknown", $"No site has a department {id}: define it first."),
        _ => null,
    };
}
