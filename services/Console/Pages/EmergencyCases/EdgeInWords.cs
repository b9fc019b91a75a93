using AccessGov.Console.Pages.EmergencyAccess;

namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>What edges tell, for people.</summary>
internal static class EdgeInWords
{
    /// <summary>What an alarm is about, and what to do.</summary>
    public static (string What, string Next) OfAlarm(string code) => code switch
    {
        "journal_broken" => (
            "Its journal was changed, or begins anew",
            "Nobody gets in there without AccessGov until it is mended. Keep its directory for whoever looks into it; then give the edge a "
                + "new directory and a new name."),
        "journal_put_back" => (
            "An older journal was put in the place of its own",
            "Nobody gets in there without AccessGov until it is mended. Ask who restored the machine, keep the directory, and give the edge "
                + "a new directory and a new name."),
        "line_unusable" => (
            "Its journal tells of what cannot be", "Ask whoever runs the edge whether its program was changed, and read the lines below."),
        "use_replayed" => (
            "Somebody sent a use of emergency access a second time",
            "Look who is at the addresses below: what they sent was overheard, or their program is wrong."),
        "use_forged" => (
            "Somebody used a capability that is not theirs",
            "Look who is at the addresses below, and take the capability back where it was copied."),
        "capability_forged" => (
            "Somebody showed a capability that was never issued, or was changed", "Look who is at the addresses below."),
        _ => (code.Replace('_', ' '), "Look at the machine, its journal and the audit trail."),
    };

    /// <summary>Something that came from an edge, and the words that somebody wrote for it.</summary>
    public static (string What, string? Words) OfStep(EmergencyStep step) => step.Name switch
    {
        "emergency_edge_started" => ($"the edge was started (line {step.Number("sequence")})", null),
        "emergency_edge_line_unusable" => ($"line {step.Number("sequence")} tells what cannot be ({step.Said("code")})", null),
        "emergency_edge_journal_broken" => ($"from line {step.Number("sequence")} on its journal is not to be believed", null),
        "emergency_capability_refused" => ($"refused {Times(step.Number("times") ?? 1)}: {step.Said("code")}, from {Addresses(step)}", null),
        "emergency_edge_alarm_raised" => ($"alarm: {OfAlarm(step.Said("code") ?? "").What}", null),
        "emergency_edge_alarm_delivered" => ($"{step.Said("audience")} was told by {step.Said("channel")}", null),
        "emergency_edge_alarm_failed" =>
            ($"{step.Said("channel")} did not take the alarm for {step.Said("audience")} ({step.Said("failure")})", null),
        "emergency_edge_alarm_settled" => ($"looked at it: {OfAlarm(step.Said("code") ?? "").What}", step.Said("findings")),
        _ => (step.Name.Replace('_', ' '), null),
    };

    /// <summary>How often, in words.</summary>
    public static string Times(long times) => times == 1 ? "once" : $"{Shown.Number(times)} times";

    private static string Addresses(EmergencyStep step) =>
        step.Said("address") ?? (step.Texts("addresses") is { Count: > 0 } several ? string.Join(", ", several) : "an unknown address");
}
