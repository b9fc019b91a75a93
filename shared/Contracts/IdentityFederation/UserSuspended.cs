namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>Security keeps somebody out; they keep what they were given.</summary>
/// <param name="UserId">Who: the id that decisions know them by.</param>
/// <param name="Reason">Why.</param>
/// <param name="SuspendedBy">Who did it; null when that is not known.</param>
/// <param name="SuspendedAt">When.</param>
public sealed record UserSuspended(
    string UserId, string Reason, string? SuspendedBy, DateTimeOffset SuspendedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.user-suspended.v1";
}
