using System.Text.Json;
using AccessGov.Audit.Export.Formats;
using AccessGov.Audit.Ingest;
using AccessGov.Contracts.Audit.V1;

namespace AccessGov.Audit.Incoming;

/// <summary>What a batch of decisions comes to in the trail.</summary>
internal static class RecordedDecisions
{
    /// <summary>Types whose ids are nobody's name or number; what else a decision was about is sealed.</summary>
    private static readonly string[] ClearTypes = ["Study", "Series", "Archive", "System", "Site", "Department"];

    public static IEnumerable<AuditRecord> RecordsOf(DecisionsRecorded batch)
    {
        string stream = DecisionsRecorded.SubjectOf(batch.Writer);
        foreach (RecordedDecision decision in batch.Decisions)
        {
            yield return RecordOf(batch, stream, decision);
        }

        DateTimeOffset at = batch.Markers.Count > 0 ? batch.Markers[0].At : batch.Decisions.Count > 0 ? batch.Decisions[0].At
            : DateTimeOffset.UnixEpoch;
        foreach (WithdrawnDecision withdrawn in batch.Withdrawn)
        {
            yield return new AuditRecord
            {
                EventId = $"{withdrawn.EvaluationId}/withdrawn", OccurredAt = at, Kind = "decision.withdrawn", Action = AuditActions.Decide,
                Outcome = AuditOutcomes.Denied, Reason = withdrawn.Reason, DecisionId = withdrawn.EvaluationId.ToString(),
                Stream = Shortened.Of(stream),
                Version = batch.Sequence,
            };
        }

        for (int i = 0; i < batch.Markers.Count; i++)
        {
            yield return RecordOf(batch, stream, batch.Markers[i], i);
        }
    }

    /// <summary>What an action of the decision service is in the trail's words.</summary>
    public static string ActionOf(string action) => action switch
    {
        "study.view" or "study.retrieve" or "study.read-metadata" => AuditActions.View,
        "study.search" or "worklist.read" or "archive.list" => AuditActions.Query,
        "study.annotate" => AuditActions.Annotate,
        "study.append" or "study.store" or "study.modify" or "study.deidentify" or "study.relabel" or "patient.merge" =>
            AuditActions.Modify,
        "study.delete" => AuditActions.Delete,
        "study.export" or "study.send" => AuditActions.Export,
        "study.share" => AuditActions.Share,
        "study.print" => AuditActions.Print,
        "audit.review" => AuditActions.AuditRead,
        "archive.administer" or "user.manage" or "system.configure" or "access.approve" => AuditActions.Administer,
        _ => AuditActions.Decide,
    };

    private static AuditRecord RecordOf(DecisionsRecorded batch, string stream, RecordedDecision decision)
    {
        bool clear = ClearTypes.Contains(decision.ResourceType, StringComparer.Ordinal) && decision.ResourceId != decision.PatientId;
        string resource = $"{decision.ResourceType}::{decision.ResourceId}";

        // That it was permitted says the outcome; what the purpose was is said nowhere else in clear.
        string? purpose = decision.Permitted && ClearText.Code(decision.PurposeOfUse) is { } code && PurposeOfUse.IsCode(code)
            ? code : null;
        return new AuditRecord
        {
            EventId = decision.EvaluationId.ToString(), OccurredAt = decision.At, Kind = "decision", Action = ActionOf(decision.Action),
            Outcome = decision.Permitted ? AuditOutcomes.Success : AuditOutcomes.Denied, Stream = Shortened.Of(stream),
            Version = batch.Sequence,
            Actor = Shortened.OrNull(decision.SubjectId), Session = Shortened.OrNull(decision.Session),
            Address = Shortened.OrNull(decision.SourceIp),
            Workstation = Shortened.OrNull(decision.Workstation), Study = Shortened.OrNull(decision.StudyInstanceUid),
            Resource = clear ? Shortened.Of(resource) : null, Patient = decision.PatientId,
            Reason = purpose ?? Shortened.OrNull(decision.Reason),
            PolicySet = Shortened.OrNull(decision.PolicySet), DecisionId = decision.EvaluationId.ToString(),
            Correlation = Shortened.OrNull(decision.TraceParent ?? decision.RequestId),
            EmergencyCase = Shortened.OrNull(decision.EmergencySession),
            PatientDetails = decision.PatientId is not null && !clear ? Object(("resource", resource)) : null,
            PersonDetails = Object(
                ("action", decision.Action), ("client", decision.Client), ("policies", decision.Policies),
                ("obligations", decision.Obligations), ("reason", purpose is null ? null : decision.Reason),
                ("purposeOfUse", decision.PurposeOfUse), ("factsPosition", decision.FactsPosition), ("requestId", decision.RequestId),
                ("resource", decision.PatientId is null && !clear ? resource : null)),
        };
    }

    private static AuditRecord RecordOf(DecisionsRecorded batch, string stream, RecordedMarker marker, int index) => new()
    {
        EventId = Shortened.Of($"{stream}/{batch.Sequence}/{index}"), OccurredAt = marker.At,
        Kind = Shortened.Of($"journal.{marker.Marker}"),
        Action = marker.Marker switch
        {
            "opened" => AuditActions.ApplicationStart,
            "closed" => AuditActions.ApplicationStop,
            "gap" => AuditActions.SecurityAlert,
            _ => AuditActions.Other,
        },
        Outcome = marker.Marker == "gap" ? AuditOutcomes.Failure : AuditOutcomes.Success,
        Stream = Shortened.Of(stream), Version = batch.Sequence, PersonDetails = marker.Says.ValueKind == JsonValueKind.Object
            ? marker.Says : null,
    };

    private static JsonElement Object(params (string Name, object? Value)[] members) => JsonSerializer.SerializeToElement(
        members.Where(member => member.Value is not null).ToDictionary(member => member.Name, member => member.Value,
            StringComparer.Ordinal));
}
