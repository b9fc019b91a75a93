namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>What is known of somebody is another than before: also their department or manager may be.</summary>
/// <param name="UserId">Who: the id that decisions know them by.</param>
/// <param name="UserName">What they sign in with.</param>
/// <param name="DisplayName">How they are called; null when that is not known.</param>
/// <param name="Department">Where they work; null when that is not known.</param>
/// <param name="ManagerId">Their manager; null when that is not known.</param>
/// <param name="ChangedBy">Who did it; null when that is not known.</param>
/// <param name="ChangedAt">When.</param>
public sealed record UserChanged(
    string UserId, string UserName, string? DisplayName, string? Department, string? ManagerId, string? ChangedBy, DateTimeOffset ChangedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.user-changed.v1";
}
