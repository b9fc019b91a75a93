namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>Somebody works here again who was inactive. What ended then stays ended.</summary>
/// <param name="UserId">Who: the id that decisions know them by.</param>
/// <param name="ReactivatedBy">Who did it; null when that is not known.</param>
/// <param name="ReactivatedAt">When.</param>
public sealed record UserReactivated(string UserId, string? ReactivatedBy, DateTimeOffset ReactivatedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.user-reactivated.v1";
}
