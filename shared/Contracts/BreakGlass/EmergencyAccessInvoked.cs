namespace AccessGov.Contracts.BreakGlass.V1;

/// <summary>Somebody took a patient's images in an emergency (break-glass): from now on they may read them.</summary>
/// <param name="CaseId">The emergency access; the grant has the same id.</param>
/// <param name="UserId">Who.</param>
/// <param name="Patient">The patient's id at the hospital.</param>
/// <param name="StudyInstanceUid">The study that it was about; null when it was the patient.</param>
/// <param name="Role">The role that it gives for the patient.</param>
/// <param name="ReasonCode">Why, in HL7's words: ETREAT or BTG.</param>
/// <param name="Practice">Whether it is a drill.</param>
/// <param name="InvokedAt">When.</param>
/// <param name="Until">Until when (exclusive), unless it is ended before.</param>
public sealed record EmergencyAccessInvoked(
    string CaseId, string UserId, string Patient, string? StudyInstanceUid, string Role, string ReasonCode, bool Practice,
    DateTimeOffset InvokedAt, DateTimeOffset Until)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.break-glass.emergency-access-invoked.v1";
}
