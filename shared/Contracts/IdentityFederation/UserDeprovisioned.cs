namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>Somebody does not work here any more: whatever they were given ends now.</summary>
/// <param name="UserId">Who: the id that decisions know them by.</param>
/// <param name="Reason">Why.</param>
/// <param name="DeprovisionedBy">Who did it; null when that is not known.</param>
/// <param name="DeprovisionedAt">When.</param>
public sealed record UserDeprovisioned(
    string UserId, string Reason, string? DeprovisionedBy, DateTimeOffset DeprovisionedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.user-deprovisioned.v1";
}
