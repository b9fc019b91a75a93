namespace AccessGov.Contracts.BreakGlass.V1;

/// <summary>Nobody judged an emergency access within 24 hours of its invocation.</summary>
/// <param name="CaseId">The emergency access.</param>
/// <param name="UserId">Whose it was.</param>
/// <param name="Practice">Whether it was a drill.</param>
/// <param name="DueAt">When it had to be judged.</param>
/// <param name="At">When that was found.</param>
public sealed record EmergencyReviewOverdue(string CaseId, string UserId, bool Practice, DateTimeOffset DueAt, DateTimeOffset At)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.break-glass.emergency-review-overdue.v1";
}
