namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>
/// Somebody who works here works elsewhere or for somebody else than before, or their groups give them other roles: it is time to ask
/// whether they still need what they have. Whoever comes, leaves or comes back has not moved.
/// </summary>
/// <param name="UserId">Who: the id that decisions know them by.</param>
/// <param name="FormerDepartment">Where they worked; null when that was not known.</param>
/// <param name="Department">Where they work; null when that is not known.</param>
/// <param name="FormerManagerId">Their manager before; null when that was not known.</param>
/// <param name="ManagerId">Their manager; null when that is not known.</param>
/// <param name="RolesChanged">Whether it is their groups that give them other roles; department and manager are the same then.</param>
/// <param name="ChangedBy">Who did it; null when that is not known.</param>
/// <param name="ChangedAt">When.</param>
public sealed record UserMoved(
    string UserId, string? FormerDepartment, string? Department, string? FormerManagerId, string? ManagerId, bool RolesChanged,
    string? ChangedBy, DateTimeOffset ChangedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.user-moved.v1";
}
