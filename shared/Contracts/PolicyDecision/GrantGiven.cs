namespace AccessGov.Contracts.PolicyDecision.V1;

/// <summary>Somebody was given a role.</summary>
/// <param name="GrantId">The grant.</param>
/// <param name="SubjectType">User or Service.</param>
/// <param name="SubjectId">The person or machine.</param>
/// <param name="Role">The role's id.</param>
/// <param name="ScopeKind">Where it holds: everywhere, site, department, patient.</param>
/// <param name="ScopeId">The site, department or patient; null for everywhere.</param>
/// <param name="From">From when on.</param>
/// <param name="Until">Until when (exclusive); null means without end.</param>
/// <param name="ReadOnly">The grant reads only.</param>
/// <param name="GivenBy">Who gave it; null when that is not known.</param>
/// <param name="GivenAt">When.</param>
public sealed record GrantGiven(
    string GrantId, string SubjectType, string SubjectId, string Role, string ScopeKind, string? ScopeId,
    DateTimeOffset From, DateTimeOffset? Until, bool ReadOnly, string? GivenBy, DateTimeOffset GivenAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.policy-decision.grant-given.v1";
}
