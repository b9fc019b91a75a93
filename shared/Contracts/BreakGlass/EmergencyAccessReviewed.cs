namespace AccessGov.Contracts.BreakGlass.V1;

/// <summary>Somebody else judged an emergency access.</summary>
/// <param name="CaseId">The emergency access.</param>
/// <param name="UserId">Whose it was.</param>
/// <param name="Verdict">justified, unjustified, unclear.</param>
/// <param name="Late">Whether it came after the 24 hours.</param>
/// <param name="Practice">Whether it was a drill.</param>
/// <param name="ReviewedBy">Who judged.</param>
/// <param name="ReviewedAt">When.</param>
public sealed record EmergencyAccessReviewed(
    string CaseId, string UserId, string Verdict, bool Late, bool Practice, string ReviewedBy, DateTimeOffset ReviewedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.break-glass.emergency-access-reviewed.v1";
}
