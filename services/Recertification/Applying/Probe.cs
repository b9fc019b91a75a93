using AccessGov.Recertification.Reviews;

namespace AccessGov.Recertification.Applying;

/// <summary>
/// The question that shows that something was taken: an action that no other grant of the person gives, with a thing that the grant gave
/// it for. Pure.
/// </summary>
internal static class Probe
{
    private static readonly HashSet<string> OfTheSystem = new(StringComparer.Ordinal)
    {
        "user.manage", "system.configure", "audit.review", "access.approve",
    };

    /// <summary>A resource, by AuthZEN type and id.</summary>
    public sealed record Thing(string Type, string Id);

    /// <summary>
    /// What to ask; null when the person keeps all of it by other grants, or nothing is known that the grant covers, so that no answer
    /// shows anything.
    /// </summary>
    public static (string Action, Thing Thing)? Of(ReviewItemOpened about) =>
        about.Facts.Lost is [var action, ..] && ThingOf(about, action) is { } thing ? (action, thing) : null;

    private static Thing? ThingOf(ReviewItemOpened about, string action) => about switch
    {
        { ScopeKind: "everywhere" } when OfTheSystem.Contains(action) => new Thing("System", "accessgov"),

        // Nobody's: only a grant that holds everywhere covers it.
        { ScopeKind: "everywhere" } => new Thing("Patient", "recertification-probe"),
        { ScopeKind: "patient", ScopeId: { } patient } => new Thing("Patient", patient),
        { ScopeKind: "department", ScopeId: { } department } => new Thing("Department", department),
        _ => null,
    };
}
