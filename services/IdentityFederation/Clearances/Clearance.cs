namespace AccessGov.IdentityFederation.Clearances;

/// <summary>What is on file of a person of one kind: that they were checked, or have agreed.</summary>
/// <param name="CompletedOn">The day on which it was done.</param>
/// <param name="ValidUntil">The last day on which it counts; null when it does not end.</param>
/// <param name="Reference">Where the paper lies.</param>
internal sealed record Clearance(DateOnly CompletedOn, DateOnly? ValidUntil, string Reference)
{
    /// <summary>Where it is not on file and never was.</summary>
    public const string Missing = "missing";

    /// <summary>How long before its end whoever renews clearances is told.</summary>
    public const int EndsSoonDays = 30;

    /// <summary>All kinds that there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["background_check", "privacy_agreement"];

    /// <summary>Whether somebody said that it counts no more.</summary>
    public bool Withdrawn { get; init; }

    /// <summary>What it is worth on a day, in a word.</summary>
    public string StateOn(DateOnly day) => Withdrawn ? "withdrawn" : ValidUntil < day ? "expired" : "valid";

    /// <summary>The day of a moment; days are those of UTC, so that all replicas agree.</summary>
    public static DateOnly DayOf(DateTimeOffset moment) => DateOnly.FromDateTime(moment.UtcDateTime);
}
