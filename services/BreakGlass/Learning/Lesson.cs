namespace AccessGov.BreakGlass.Learning;

/// <summary>What justified cases have in common.</summary>
/// <param name="Role">The role that let people take emergency access.</param>
/// <param name="Department">The department of what they opened; null when it is not known, or they opened images of several.</param>
/// <param name="OffShift">How many of the cases were outside of working hours.</param>
/// <param name="Proposal">What could spare people these emergencies; null for too few cases.</param>
internal sealed record Lesson(
    string Role, string? Department, int Cases, int People, int OffShift, IReadOnlyList<Lesson.Reason> Reasons, Lesson.Draft? Proposal)
{
    /// <param name="ReasonCode">ETREAT or BTG.</param>
    public sealed record Reason(string ReasonCode, int Cases);

    /// <param name="Kind">policy_draft.</param>
    /// <param name="File">The name of the file that it would be in the policy set.</param>
    /// <param name="Text">Its text.</param>
    public sealed record Draft(string Kind, string File, string Text);
}
