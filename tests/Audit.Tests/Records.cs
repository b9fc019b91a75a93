using AccessGov.Audit.Ingest;

namespace AccessGov.Audit.Tests;

/// <summary>Events for tests that need some.</summary>
internal static class Records
{
    public static readonly DateTimeOffset At = new(2026, 11, 27, 18, 0, 0, TimeSpan.FromHours(1));

    /// <summary>Somebody opened a study of a patient.</summary>
    public static AuditRecord View(string patient = "p-1", string actor = "ada", string study = "1.2.3", string? id = null) => new()
    {
        EventId = id ?? Guid.NewGuid().ToString(), OccurredAt = At, Kind = "decision", Action = AuditActions.View,
        Outcome = AuditOutcomes.Success,
        Actor = actor, Address = "10.0.0.7", Workstation = "ws-7", Session = "s-1", Study = study, Patient = patient,
    };
}
