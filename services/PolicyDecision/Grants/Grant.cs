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
        (NotGiven, GrantGiven e) => new Given(e),
        (Given g, GrantRevoked e) => new Revoked(g.Terms, e.Reason),
        _ => throw new InvalidOperationException(
            $"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the grant is corrupt."),
    };

    /// <summary>Its terms as it was given; null when it never was.</summary>
    public GrantGiven? AsGiven => this switch
    {
        Given given => given.Terms,
        Revoked revoked => revoked.Terms,
        _ => null,
    };

    public sealed record NotGiven : Grant;

    /// <param name="Terms">As it was given.</param>
    public sealed record Given(GrantGiven Terms) : Grant;

    /// <param name="Terms">As it was given.</param>
    /// <param name="Reason">Why it was taken back.</param>
    public sealed record Revoked(GrantGiven Terms, string Reason) : Grant;
}
