namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>Somebody works here from now on.</summary>
/// <param name="UserId">Who: the id that decisions know them by.</param>
/// <param name="OrganisationId">Where they come from.</param>
/// <param name="UserName">What they sign in with.</param>
/// <param name="DisplayName">How they are called; null when that is not known.</param>
/// <param name="Department">Where they work; null when that is not known.</param>
/// <param name="ManagerId">Their manager; null when that is not known.</param>
/// <param name="ProvisionedBy">Who did it; null when that is not known.</param>
/// <param name="ProvisionedAt">When.</param>
public sealed record UserProvisioned(
    string UserId, string OrganisationId, string UserName, string? DisplayName, string? Department, string? ManagerId, string? ProvisionedBy, DateTimeOffset ProvisionedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.user-provisioned.v1";
}
