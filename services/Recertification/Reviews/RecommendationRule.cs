using AccessGov.Recertification.Campaigns;

namespace AccessGov.Recertification.Reviews;

/// <summary>What whoever judges is advised to do.</summary>
internal enum Advice
{
    Keep,
    KeepUntil,
    Reduce,
    Revoke,
}

/// <summary>Advice, and what it rests on.</summary>
/// <param name="Advice">What to do.</param>
/// <param name="Reason">Why: one of <see cref="AdviceReasons"/>.</param>
internal sealed record Recommendation(Advice Advice, string Reason);

/// <summary>What advice rests on.</summary>
internal static class AdviceReasons
{
    /// <summary>IdentityFederation does not know the person.</summary>
    public const string PersonUnknown = "person_unknown";

    /// <summary>The person may not sign in.</summary>
    public const string PersonInactive = "person_inactive";

    /// <summary>The person holds what does not go together.</summary>
    public const string SeparationOfDuties = "separation_of_duties";

    /// <summary>It gives nothing by the policies of now.</summary>
    public const string GivesNothing = "gives_nothing";

    /// <summary>Nothing of it was used for as long as use was counted.</summary>
    public const string Unused = "unused";

    /// <summary>It is too new for anybody to say that it is not used.</summary>
    public const string New = "new";

    /// <summary>The person only looked, and it lets them do more.</summary>
    public const string OnlyRead = "only_read";

    /// <summary>It is used, is a high risk, and has no end.</summary>
    public const string HighRiskWithoutEnd = "high_risk_without_end";

    /// <summary>It is used.</summary>
    public const string Used = "used";
}

/// <summary>What is advised, and why: the first that holds. It decides nothing. Pure.</summary>
internal static class RecommendationRule
{
    private static readonly HashSet<string> Reading = new(StringComparer.Ordinal)
    {
        "study.search", "study.view", "study.read-metadata", "study.retrieve", "worklist.read", "archive.list",
    };

    /// <param name="item">What is to be judged.</param>
    /// <param name="isKnown">Whether IdentityFederation knows the person.</param>
    /// <param name="isActive">Whether the person may sign in.</param>
    public static Recommendation Of(ReviewItemOpened item, bool isKnown, bool isActive) => item.Facts switch
    {
        _ when !isKnown => new(Advice.Revoke, AdviceReasons.PersonUnknown),
        _ when !isActive => new(Advice.Revoke, AdviceReasons.PersonInactive),
        { Conflicts.Count: > 0 } => new(Advice.Revoke, AdviceReasons.SeparationOfDuties),
        { Actions.Count: 0 } => new(Advice.Revoke, AdviceReasons.GivesNothing),
        { Use.Count: 0 } facts => item.From > facts.UsedSince
            ? new(Advice.Keep, AdviceReasons.New)
            : new(Advice.Revoke, AdviceReasons.Unused),
        { } facts when !item.ReadOnly && item.From <= facts.UsedSince && facts.Use.All(used => Reading.Contains(used.Action))
            && !facts.Actions.All(Reading.Contains) => new(Advice.Reduce, AdviceReasons.OnlyRead),
        _ when item is { Risk: RiskClass.High, Until: null } => new(Advice.KeepUntil, AdviceReasons.HighRiskWithoutEnd),
        _ => new(Advice.Keep, AdviceReasons.Used),
    };
}
