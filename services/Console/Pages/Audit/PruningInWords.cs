namespace AccessGov.Console.Pages.Audit;

/// <summary>What a pruning says, for people.</summary>
internal static class PruningInWords
{
    /// <summary>How far it has come, and what is next.</summary>
    public static (string Words, string Mark, string Next) OfState(TrailPrunings.Pruning pruning) => pruning.State switch
    {
        "proposed" => (pruning.FirstApprover is null ? "waits for two approvals" : "waits for the second approval", "warn",
            "Two people approve it, neither of whom proposed it; each can deny it."),
        "approved" => ("approved", "warn", "What is removed is told to the trail next; look again in a minute."),
        "recorded" => ("recorded", "warn", "As soon as the trail says what is removed, files go."),
        "done" => ("done", "good", "The trail begins later now."),
        "denied" => ("denied", "plain", "Nothing is removed. A person may propose it again."),
        "stopped" => ("stopped", "bad", "After the approval a legal hold came, or something else must be kept: nothing is removed."),
        _ => (pruning.State, "plain", ""),
    };

    /// <summary>What may be removed now, or why nothing may.</summary>
    public static string OfOverview(TrailPrunings.Overview overview) => overview.Refused switch
    {
        null => $"{Shown.Count(overview.Prunable - overview.Minimum, "entry", "entries")} may be removed now: those from "
            + $"{overview.Minimum} to {overview.Prunable - 1}.",
        "nothing_to_prune" => "There is nothing whose legal period is over, that nobody holds, and whose keys are shredded.",
        "class_unknown" =>
            "There are entries of retention classes that Audit's settings do not have any more: their time is never over.",
        "shredding_running" => "Keys are being shredded: until that is done nothing may be removed.",
        "position_behind" =>
            "The search, an export destination or a copy has not got yet what could be removed: nothing may be until then.",
        { } code => $"Nothing may be removed now: {code.Replace('_', ' ')}.",
    };

    public static string OfApprovers(TrailPrunings.Pruning pruning) => (pruning.FirstApprover, pruning.SecondApprover) switch
    {
        (null, _) => "nobody",
        ({ } first, null) => first,
        ({ } first, { } second) => $"{first} and {second}",
    };
}
