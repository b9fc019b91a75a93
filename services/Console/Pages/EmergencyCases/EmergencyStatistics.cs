namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>How often emergency access is taken, and what came of it; drills are left out.</summary>
/// <param name="Cases">How many were taken in the time.</param>
/// <param name="Open">How many of them nobody has reviewed yet.</param>
/// <param name="Overdue">How many of them are overdue now.</param>
/// <param name="Late">How many were reviewed too late.</param>
/// <param name="ReviewHours">Within how many hours a case must be reviewed.</param>
/// <param name="MedianHours">How long the review of half of them took at most; null when none was reviewed.</param>
/// <param name="P90Hours">The same of nine in ten.</param>
/// <param name="TimesToReview">How many were reviewed within which hours.</param>
internal sealed record EmergencyStatistics(
    DateTimeOffset From, DateTimeOffset To, long Cases, long Open, long Overdue, long Late, long Justified, long Unjustified, long Unclear,
    double ReviewHours, IReadOnlyList<EmergencyStatistics.ReviewTime> TimesToReview, EmergencyStatistics.Series OverTime,
    IReadOnlyList<EmergencyStatistics.Share> ByReasonCode, IReadOnlyList<EmergencyStatistics.Share> ByRole,
    double? MedianHours = null, double? P90Hours = null)
{
    public long Reviewed => Justified + Unjustified + Unclear;

    /// <param name="ToHours">Up to how many hours; null for all that is longer.</param>
    public sealed record ReviewTime(double FromHours, long Cases, double? ToHours = null);

    /// <param name="Unit">day or week.</param>
    public sealed record Series(string Unit, IReadOnlyList<Bucket> Buckets);

    public sealed record Bucket(DateTimeOffset At, long Cases);

    public sealed record Share(string Key, long Cases, long Reviewed, long Justified);
}
