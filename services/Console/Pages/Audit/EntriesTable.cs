namespace AccessGov.Console.Pages.Audit;

/// <summary>Entries as a table, each with the way to itself.</summary>
/// <param name="Entries">In their order.</param>
/// <param name="Clock">By whose clocks the times are written.</param>
/// <param name="Caption">What the table is called.</param>
/// <param name="Persons">Whether who it was differs from row to row.</param>
internal sealed record EntriesTable(
    IReadOnlyList<AuditTrail.Entry> Entries, ZonedClock Clock, string Caption, bool Persons = true)
{
    /// <summary>Whether an entry says what it was done to.</summary>
    public static bool IsOnSomething(AuditTrail.Entry entry) =>
        entry.Study is not null || entry.Series is not null || entry.Resource is not null || entry.PatientToken is not null;

    public string LinkOf(AuditTrail.Entry entry) => $"/audit/entries/{entry.Sequence}"
        + (Clock.Name == "UTC" ? "" : $"?Zone={Uri.EscapeDataString(Clock.Name)}");
}
