using System.Text.Json;
using AccessGov.Audit.Ingest;
using AccessGov.Contracts.PolicyDecision.V1;
using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.Audit.Incoming;

/// <summary>A person's decision was asked for from a place where they never were: a security alert of PolicyDecision.</summary>
internal static class WhenUnusualGeographyDetected
{
    public const string Kind = "unusual_geography_detected";
    private const string Source = "policy-decision";

    public static async Task Handle(
        UnusualGeographyDetected message, MessageEnvelope envelope, NpgsqlTransaction transaction, SenderCheck sender, Intake intake,
        CancellationToken cancellation)
    {
        if (await sender.HoldsAsync(Source, message, envelope, transaction, cancellation))
        {
            await intake.AcceptAsync(Source, [RecordOf(message, envelope.Id)], transaction, cancellation);
        }
    }

    public static AuditRecord RecordOf(UnusualGeographyDetected message, Guid id) => new()
    {
        EventId = id.ToString(), OccurredAt = message.At, Kind = Kind, Action = AuditActions.SecurityAlert,
        Outcome = message.Permitted ? AuditOutcomes.Success : AuditOutcomes.Denied, Actor = Shortened.Of(message.UserId),
        Study = Shortened.OrNull(message.StudyInstanceUid), DecisionId = message.EvaluationId.ToString(), Reason = message.PlaceKind,
        PersonDetails = JsonSerializer.SerializeToElement(new { message.Place, message.Action }),
    };
}
