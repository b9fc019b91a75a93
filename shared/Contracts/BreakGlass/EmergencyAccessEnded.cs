namespace AccessGov.Contracts.BreakGlass.V1;

/// <summary>An emergency access is over; its review is not.</summary>
/// <param name="CaseId">The emergency access.</param>
/// <param name="UserId">Whose it was.</param>
/// <param name="Cause">clinician, expired, security, deprovisioned, suspended, refused.</param>
/// <param name="Practice">Whether it was a drill.</param>
/// <param name="EndedBy">Who ended it; null when nobody did.</param>
/// <param name="EndedAt">When.</param>
public sealed record EmergencyAccessEnded(
    string CaseId, string UserId, string Cause, bool Practice, string? EndedBy, DateTimeOffset EndedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.break-glass.emergency-access-ended.v1";
}
