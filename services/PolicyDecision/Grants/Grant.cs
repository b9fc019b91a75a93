using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Grants;

internal abstract record GrantEvent;

/// <summary>A subject was given a role somewhere for some time.</summary>
/// <param name="SubjectType">User or Service.</param>
/// <param name="SubjectId">The person or machine.</param>
/// <param name="Role">The role's id.</param>
/// <param name="ScopeKind">Where the grant holds.</param>
/// <param name="ScopeId">The site, department or patient; null for everywhere.</param>
/// <param name="From">From when on.</param>
/// <param name="Until">Until when (exclusive); null means without end.</param>
/// <param name="ReadOnly">The grant reads only.</param>
/// <param name="Reason">Why, in the words of whoever gave it.</param>
/// <param name="ByGroups">Whether the subject's groups at IdentityFederation give it, and nobody by hand.</param>
/// <param name="ByEmergency">Whether the subject took it in an emergency; the grant has the id of the emergency access.</param>
[EventName("grant_given")]
internal sealed record GrantGiven(
    string SubjectType, string SubjectId, string Role, GrantScopeKind ScopeKind, string? ScopeId,
    DateTimeOffset From, DateTimeOffset? Until, bool ReadOnly, string Reason, bool ByGroups = false, bool ByEmergency = false) : GrantEvent;

/// <summary>A grant was taken back. Whose it was is said again, so that nobody has to look it up.</summary>
[EventName("grant_revoked")]
internal sealed record GrantRevoked(string SubjectType, string SubjectId, string Role, string Reason) : GrantEvent;

/// <summary>What a grant is.</summary>
internal abstract record Grant
{
    private Grant() { }

    public static StreamKind<Grant, GrantEvent> Streams { get; } = new("grant", new NotGiven(), Evolve);

    public static Grant Evolve(Grant state, GrantEvent @event) => (state, @event) switch
    {
        (NotGiven, GrantGiven e) => new Given(e.SubjectType, e.SubjectId, e.Role, e.ByGroups, e.ByEmergency),
        (Given, GrantRevoked) => new Revoked(),
        _ => throw new InvalidOperationException(
            $"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the grant is corrupt."),
    };

    public sealed record NotGiven : Grant;

    public sealed record Given(string SubjectType, string SubjectId, string Role, bool ByGroups, bool ByEmergency = false) : Grant;

    public sealed record Revoked : Grant;
}
