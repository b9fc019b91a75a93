using AccessGov.Audit.Incoming;
using AccessGov.Audit.Ingest;
using static AccessGov.Audit.Tests.Incoming.Told;

namespace AccessGov.Audit.Tests.Incoming;

/// <summary>
/// What was opened at an edge while nobody could be asked stands in the trail as what was decided does: with its own time.
/// </summary>
public sealed class EdgeEventsTests
{
    private static readonly DateTimeOffset Then = new(2026, 11, 27, 9, 30, 0, TimeSpan.FromHours(1));

    [Theory]
    [InlineData("study.view", "view", "1.2.3")]
    [InlineData("study.search", "query", null)]
    public void Each_use_is_its_persons_with_study_address_and_true_time(string action, string expected, string? study)
    {
        AuditRecord record = RecordedEvents.RecordOf("break-glass", Event(
            7, "emergency-access-case-1", "emergency_images_opened_offline",
            new { Person = "ada", Patient = "p-1", Action = action, Study = study, Address = "10.0.0.7", At = Then },
            source: "edge at 10.0.0.1"));
        (record.Action, record.Actor, record.Person, record.Patient, record.EmergencyCase)
            .ShouldBe((expected, "ada", "ada", "p-1", "case-1"));
        (record.Study, record.Address, record.OccurredAt).ShouldBe((study, "10.0.0.7", Then));
        record.PatientDetails!.Value.GetProperty("event").GetProperty("Action").GetString().ShouldBe(action);
    }

    [Fact]
    public void Emergency_access_began_when_it_was_taken_and_not_when_it_came_to_be_known()
    {
        AuditRecord record = RecordedEvents.RecordOf("break-glass", Event(
            7, "emergency-access-case-1", "emergency_access_invoked", new { Person = "ada", Patient = "p-1", At = Then, ReasonCode = "ETREAT" }));
        (record.Action, record.OccurredAt, record.Reason).ShouldBe((AuditActions.EmergencyStart, Then, "ETREAT"));
    }

    [Fact]
    public void What_says_no_time_happened_when_it_was_recorded()
    {
        foreach (object at in (object[])["yesterday", 7, ""])
        {
            RecordedEvents.RecordOf(
                "break-glass", Event(7, "emergency-edge-demo-20261127", "emergency_edge_started", new { Edge = "demo", At = at }))
                .OccurredAt.ShouldBe(At);
        }
    }

    [Fact]
    public void An_edge_is_no_person_and_no_case()
    {
        AuditRecord record = RecordedEvents.RecordOf("break-glass", Event(
            7, "emergency-refusals-demo-17", "emergency_capability_refused",
            new { Edge = "demo", Code = "capability_forged", At = Then }));
        (record.Resource, record.Outcome, record.OccurredAt, record.EmergencyCase).ShouldBe(
            ("emergency-refusals::demo-17", AuditOutcomes.Denied, Then, null));
    }
}
