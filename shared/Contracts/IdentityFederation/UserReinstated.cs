namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>Security lets somebody in again who was suspended.</summary>
/// <param name="UserId">Who: the id that decisions know them by.</param>
/// <param name="Reason">Why.</param>
/// <param name="ReinstatedBy">Who did it; null when that is not known.</param>
/// <param name="ReinstatedAt">When.</param>
public sealed record UserReinstated(
    string UserId, string Reason, string? ReinstatedBy, DateTimeOffset ReinstatedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.user-reinstated.v1";
}
