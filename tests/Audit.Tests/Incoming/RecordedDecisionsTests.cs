using System.Text.Json.Nodes;
using AccessGov.Audit.Export;
using AccessGov.Audit.Export.Formats;
using AccessGov.Audit.Incoming;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Tests.Export;
using AccessGov.Audit.Trail;
using AccessGov.Contracts.Audit.V1;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Incoming;

public sealed class RecordedDecisionsTests
{
    [Fact]
    public async Task The_purpose_that_was_stated_for_what_was_permitted_leaves_with_the_event()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        long sequence = (await host.AddAsync(RecordOf("ETREAT", permitted: true)))[0];

        var entry = TrailEntry.Parse(host.Services.GetRequiredService<TrailReader>().Leaf(sequence)!.Value);
        JsonObject exported = FhirAuditEvent.Of(new ExportedEvent(entry), Leaves.Origin);
        ((string?)exported["purposeOfEvent"]?[0]!["coding"]![0]!["code"], (string?)exported["outcomeDesc"]).ShouldBe(("ETREAT", null));
    }

    [Theory]
    [InlineData("ETREAT", true, "ETREAT", "permitted")]
    [InlineData("ETREAT", false, "not_permitted", null)]
    [InlineData("treatment", true, "permitted", null)]
    [InlineData(null, true, "permitted", null)]
    public void The_reason_of_a_decision_gives_way_to_a_known_purpose_where_the_outcome_says_the_same(
        string? purpose, bool permitted, string reason, string? details)
    {
        AuditRecord record = RecordOf(purpose, permitted);
        string? kept = record.PersonDetails!.Value.TryGetProperty("reason", out var said) ? said.GetString() : null;
        (record.Reason, kept).ShouldBe((reason, details));
    }

    private static AuditRecord RecordOf(string? purpose, bool permitted)
    {
        RecordedDecision decision = new(
            Guid.NewGuid(), Told.At, "orthanc", "User", "ada", "study.view", "Study", "1.2.3", "MRN-77", "1.2.3", "10.1.2.3", "s-1", "WS7",
            purpose, null, permitted, permitted ? "permitted" : "not_permitted", ["p1"], "abc", 7, [], "r-1", null, Withdrawn: false);
        return RecordedDecisions.RecordsOf(
            new DecisionsRecorded("policy-decision", "pdp/1", 1, "aa", "bb", Readable: true, [decision], [], [])).Single();
    }
}
