using AccessGov.EventSourcing;

namespace AccessGov.Audit.Retention;

/// <summary>A pruning, proposed or further: the leaves before a number are removed after their time.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Where it is.</param>
/// <param name="Minimum">The first leaf that stays (c2sp.org/tlog-tiles: the minimum index).</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="ProposedAt">When.</param>
/// <param name="FirstApprover">Two people approve it, neither of whom proposed it.</param>
/// <param name="SecondApprover">The other one.</param>
/// <param name="DecidedAt">When it was decided.</param>
/// <param name="RecordedAt">When its event was told.</param>
/// <param name="Leaf">The event's leaf.</param>
/// <param name="FinishedAt">When everything was done.</param>
internal sealed record Pruning(
    Guid Id, string State, long Minimum, string ProposedBy, DateTimeOffset ProposedAt, string? FirstApprover, string? SecondApprover,
    DateTimeOffset? DecidedAt, DateTimeOffset? RecordedAt, long? Leaf, DateTimeOffset? FinishedAt)
{
    public const string Proposed = "proposed";
    public const string Approved = "approved";

    /// <summary>Its event is durable: as soon as that is in the trail, files go.</summary>
    public const string Recorded = "recorded";

    /// <summary>The files are gone.</summary>
    public const string Done = "done";
    public const string Denied = "denied";

    /// <summary>It was approved, but something must be kept meanwhile.</summary>
    public const string Stopped = "stopped";
}

/// <summary>What a leaf of kind <c>trail.pruned</c> says: whoever checks what is left begins with it.</summary>
/// <param name="Minimum">The first leaf that stays.</param>
/// <param name="Previous">The SHA-256 of the leaf before it, in hexadecimal digits.</param>
/// <param name="Root">The root over all before it, in hexadecimal digits.</param>
/// <param name="FirstApprover">Who approved it: two people, neither of whom proposed it.</param>
/// <param name="SecondApprover">The other one.</param>
internal sealed record TrailPruning(long Minimum, string Previous, string Root, string FirstApprover, string SecondApprover)
{
    public const string Kind = "trail.pruned";
}

/// <summary>How much of the trail may be removed now.</summary>
/// <param name="Minimum">The first leaf that there is.</param>
/// <param name="Greatest">The first leaf that must stay: of those before nothing is in its legal period, held, or not shredded.</param>
/// <param name="Shredding">Whether keys are being shredded, which reads leaves.</param>
/// <param name="Positions">How far those have come who read the trail from its beginning: search, exports, copies.</param>
internal sealed record PrunableTrail(long Minimum, long Greatest, bool Shredding, IReadOnlyDictionary<string, long> Positions)
{
    /// <summary>
    /// The retention classes that there are leaves of and that the settings do not have (any more), where they are what makes leaves stay:
    /// nobody knows how long they are kept, so their time is never over.
    /// </summary>
    public IReadOnlyList<string> UnknownClasses { get; init; } = [];

    /// <summary>What forbids to remove the leaves before one; null when nothing does.</summary>
    public Refusal? Forbids(long minimum) =>
        (minimum <= Minimum || minimum > Greatest) && UnknownClasses.Count > 0
            ? new Refusal("class_unknown",
                $"There are leaves of retention classes that the settings do not have: {string.Join(", ", UnknownClasses)}. "
                + "Their time is never over: give them back under Audit:Retention:Classes.")
        : minimum <= Minimum || minimum > Greatest
            ? new Refusal("nothing_to_prune",
                "There is nothing (more) before it whose legal period is over, that nobody holds, and whose keys are shredded: "
                + "GET /retention shows the keys.")
        : Shredding ? new Refusal("shredding_running", "Keys are being shredded: wait until that is done.")
        : Positions.Where(one => one.Value < minimum).Select(one => one.Key).Order(StringComparer.Ordinal).FirstOrDefault() is { } behind
            ? new Refusal("position_behind", $"{behind} has not come so far yet: it would never get what is removed.")
        : null;

    /// <summary>The first year of receipt of which something must stay.</summary>
    /// <param name="classes">The retention classes.</param>
    /// <param name="firstKey">The first year of which there are keys; null when there are none.</param>
    /// <param name="firstHeld">The first moment that a hold covers; null when there is none.</param>
    /// <param name="now">The time.</param>
    public static int FirstYearToKeep(
        IEnumerable<RetentionClass> classes, int? firstKey, DateTimeOffset? firstHeld, DateTimeOffset now)
    {
        RetentionClass[] all = [.. classes];
        int year = now.Year;
        while (year > 1 && all.Any(one => one.ExpiresAt(year - 1) > now))
        {
            year--;
        }

        return Math.Min(year, Math.Min(firstKey ?? int.MaxValue, firstHeld?.UtcDateTime.Year ?? int.MaxValue));
    }
}
