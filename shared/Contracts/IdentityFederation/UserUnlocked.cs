namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>Somebody may sign in again who was locked.</summary>
/// <param name="UserId">Who: the id that decisions know them by.</param>
/// <param name="Reason">Why.</param>
/// <param name="UnlockedBy">Who did it; null when that is not known.</param>
/// <param name="UnlockedAt">When.</param>
public sealed record UserUnlocked(string UserId, string Reason, string? UnlockedBy, DateTimeOffset UnlockedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.user-unlocked.v1";
}
