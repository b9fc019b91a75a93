namespace AccessGov.Contracts.PolicyDecision.V1;

/// <summary>A grant was taken back.</summary>
/// <param name="GrantId">The grant.</param>
/// <param name="SubjectType">User or Service.</param>
/// <param name="SubjectId">Whose it was.</param>
/// <param name="Role">The role's id.</param>
/// <param name="RevokedBy">Who took it back; null when that is not known.</param>
/// <param name="RevokedAt">When.</param>
public sealed record GrantRevoked(
    string GrantId, string SubjectType, string SubjectId, string Role, string? RevokedBy, DateTimeOffset RevokedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.policy-decision.grant-revoked.v1";
}
