namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>Somebody may not sign in until they are unlocked; they keep what they were given.</summary>
/// <param name="UserId">Who: the id that decisions know them by.</param>
/// <param name="Reason">Why: dormant (nobody signed in as them for too long).</param>
/// <param name="LockedBy">Who did it; null when that is not known.</param>
/// <param name="LockedAt">When.</param>
public sealed record UserLocked(string UserId, string Reason, string? LockedBy, DateTimeOffset LockedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.user-locked.v1";
}
