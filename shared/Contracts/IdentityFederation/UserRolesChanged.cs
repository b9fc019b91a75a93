namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>
/// What somebody has by the groups they are in, all of it: whatever they had by groups and is not said here they have no more. Of two such
/// messages about one person the later one counts, in whatever order they are heard. Nothing is said of what was given by hand.
/// </summary>
/// <param name="UserId">Who: the id that decisions know them by.</param>
/// <param name="Roles">Each role once for each place where it holds; none for whoever is inactive or gone.</param>
/// <param name="ChangedBy">Who did it; null when that is not known.</param>
/// <param name="ChangedAt">When it was looked up: later than in every message before, also where clocks disagree.</param>
public sealed record UserRolesChanged(string UserId, IReadOnlyList<RoleOfGroups> Roles, string? ChangedBy, DateTimeOffset ChangedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.user-roles-changed.v1";
}

/// <summary>A role of PolicyDecision that groups give.</summary>
/// <param name="Role">The role's id.</param>
/// <param name="ScopeKind">Where it holds: everywhere, site or department.</param>
/// <param name="ScopeId">Which site or department; null for everywhere.</param>
public sealed record RoleOfGroups(string Role, string ScopeKind, string? ScopeId);
