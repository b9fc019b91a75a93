namespace AccessGov.Console.Pages.Audit;

/// <summary>What entries come to, in one sentence.</summary>
internal static class InShort
{
    /// <param name="entries">The entries.</param>
    /// <param name="cut">Whether there are older ones.</param>
    /// <param name="clock">By whose clocks.</param>
    public static string Of(IReadOnlyList<AuditTrail.Entry> entries, bool cut, ZonedClock clock)
    {
        if (entries.Count == 0)
        {
            return "Nothing is in the trail.";
        }

        int people = entries.Select(entry => entry.Actor).OfType<string>().Distinct(StringComparer.Ordinal).Count();
        int emergencies = entries.Count(entry => entry.UnderEmergency);
        string ended = string.Join(", ", AuditInWords.Outcomes
            .Select(outcome => (outcome.Words, Count: entries.Count(entry => entry.Outcome == outcome.Outcome)))
            .Where(outcome => outcome.Count > 0).Select(outcome => $"{Shown.Number(outcome.Count)} {outcome.Words}"));
        return $"{(cut ? "The newest " : "")}{Shown.Count(entries.Count, "entry", "entries")} of {Shown.Count(people, "person", "people")} "
            + $"from {clock.Written(entries.Min(entry => entry.At))} to {clock.Written(entries.Max(entry => entry.At))}: {ended}; "
            + (emergencies == 0 ? "none under emergency access." : $"{Shown.Number(emergencies)} under emergency access.");
    }
}
