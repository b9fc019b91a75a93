namespace AccessGov.Recertification.Reviews;

/// <summary>What may be different since a grant was certified.</summary>
internal static class Changes
{
    /// <summary>Nobody has certified it yet.</summary>
    public const string NeverCertified = "never_certified";

    /// <summary>It gives an action that it did not give.</summary>
    public const string GivesMore = "gives_more";

    /// <summary>The person works in another department.</summary>
    public const string Moved = "moved";

    /// <summary>It is a higher risk.</summary>
    public const string Riskier = "riskier";

    /// <summary>It breaks a rule of separated duties that it did not break.</summary>
    public const string SeparationOfDuties = "separation_of_duties";

    /// <summary>The person took emergency access more often.</summary>
    public const string EmergencyAccess = "emergency_access";

    /// <summary>Something else than keeping it is advised, which was not advised.</summary>
    public const string AdvisedOtherwise = "advised_otherwise";
}

/// <summary>What is different since a grant was certified; where nothing is, a campaign about changes does not ask. Pure.</summary>
internal static class ChangeRule
{
    /// <param name="now">What it is now.</param>
    /// <param name="certified">How it was certified last; null when it never was.</param>
    public static IReadOnlyList<string> Of(ReviewItemOpened now, Certified? certified) => certified is not { Before: var before }
        ? [Changes.NeverCertified]
        : [.. Found(now, before).Where(change => change.Is).Select(change => change.Code)];

    private static IEnumerable<(bool Is, string Code)> Found(ReviewItemOpened now, ReviewItemOpened before) =>
    [
        (now.Facts.Actions.Except(before.Facts.Actions, StringComparer.Ordinal).Any(), Changes.GivesMore),
        (now.Facts.Department != before.Facts.Department, Changes.Moved),
        (now.Risk > before.Risk, Changes.Riskier),
        (now.Facts.Conflicts.Except(before.Facts.Conflicts, StringComparer.Ordinal).Any(), Changes.SeparationOfDuties),
        (now.Facts.Emergencies > before.Facts.Emergencies, Changes.EmergencyAccess),
        (now.Recommendation.Advice != Advice.Keep && now.Recommendation != before.Recommendation, Changes.AdvisedOtherwise),
    ];
}
