using System.Text;
using System.Text.Json;
using System.Xml;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Export.Formats;

/// <summary>The objects of an audit message of DICOM: what was asked for, opened, changed or is reported about.</summary>
internal static class DicomAuditObjects
{
    private static readonly Code StudyType = Code.Dicom("110180", "Study Instance UID");
    private static readonly Code PatientType = new("2", "RFC-3881", "Patient Number");
    private static readonly Code QueryType = new("10", "RFC-3881", "Search Criteria");

    public static void Write(XmlWriter xml, ExportedEvent exported, DicomEvent @event, ExportOrigin origin)
    {
        TrailEntry entry = exported.Entry;
        if (@event.Shape is DicomShape.Authentication or DicomShape.Application)
        {
            return;
        }

        if (@event.Shape == DicomShape.Query)
        {
            WriteQuery(xml, entry);
        }

        if (@event.Shape == DicomShape.Alert)
        {
            WriteAlertSubject(xml, entry);
        }

        if (entry.Action == AuditActions.AuditRead)
        {
            WriteObject(xml, $"urn:accessgov:audit:{Uri.EscapeDataString(origin.Trail)}", "2", "13", DicomAuditXml.UriType,
                "Security Audit Log", entry);
        }

        if (entry.Study is { } study && @event.Shape != DicomShape.Query)
        {
            WriteStudy(xml, study, entry);
        }

        if (exported.Patient is { } patient)
        {
            WriteObject(xml, patient, "1", "1", PatientType, exported.Opened?.PatientName ?? patient, entry);
        }

        if (entry.Resource is { } resource && @event.Shape == DicomShape.Access && entry.Study is null)
        {
            WriteObject(xml, resource, "2", "4", DicomAuditXml.UriType, resource, entry);
        }
    }

    private static void WriteStudy(XmlWriter xml, string study, TrailEntry entry)
    {
        Start(xml, study, "2", "3", StudyType);
        xml.WriteContent("ParticipantObjectName", study);
        if (entry.Series is { } series)
        {
            WriteDetail(xml, "SeriesInstanceUID", series);
        }

        WriteContext(xml, entry);
        xml.WriteStartElement("ParticipantObjectDescription");
        xml.WriteStartElement("ParticipantObjectContainsStudy");
        xml.WriteStartElement("StudyIDs");
        xml.WriteText("UID", study);
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    /// <summary>What was asked for, as far as the trail may say it in clear.</summary>
    private static void WriteQuery(XmlWriter xml, TrailEntry entry)
    {
        Start(xml, entry.Resource ?? entry.Service, "2", "24", QueryType);
        xml.WriteElementString("ParticipantObjectQuery", Base64(JsonSerializer.Serialize(
            entry.Object ?? new(null, null, null, null), QueryJson)));
        WriteDetail(xml, "QueryEncoding", "UTF-8");
        WriteContext(xml, entry);
        xml.WriteEndElement();
    }

    private static void WriteAlertSubject(XmlWriter xml, TrailEntry entry)
    {
        string subject = entry.Resource ?? entry.Stream ?? entry.Kind;
        Start(xml, $"urn:accessgov:{Uri.EscapeDataString(entry.Service)}:{Uri.EscapeDataString(subject)}", "2", "13",
            DicomAuditXml.UriType);
        xml.WriteElementString("ParticipantObjectName", "Alert subject");
        WriteDetail(xml, "Alert Description", string.Join(' ', new[] { entry.Kind, entry.Outcome, entry.Reason }.OfType<string>()));
        WriteContext(xml, entry);
        xml.WriteEndElement();
    }

    private static void WriteObject(XmlWriter xml, string id, string type, string role, Code idType, string name, TrailEntry entry)
    {
        Start(xml, id, type, role, idType);
        xml.WriteContent("ParticipantObjectName", name);
        WriteContext(xml, entry);
        xml.WriteEndElement();
    }

    private static void Start(XmlWriter xml, string id, string type, string role, Code idType)
    {
        xml.WriteStartElement("ParticipantObjectIdentification");
        xml.WriteText("ParticipantObjectID", id);
        xml.WriteText("ParticipantObjectTypeCode", type);
        xml.WriteText("ParticipantObjectTypeCodeRole", role);
        xml.WriteCode("ParticipantObjectIDTypeCode", idType);
    }

    private static void WriteContext(XmlWriter xml, TrailEntry entry)
    {
        if (entry.EmergencyCase is { } emergency)
        {
            WriteDetail(xml, "EmergencyCase", emergency);
        }

        if (entry.Policy?.DecisionId is { } decision)
        {
            WriteDetail(xml, "DecisionId", decision);
        }
    }

    private static void WriteDetail(XmlWriter xml, string type, string value)
    {
        xml.WriteStartElement("ParticipantObjectDetail");
        xml.WriteText("type", type);
        xml.WriteText("value", Base64(value));
        xml.WriteEndElement();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static readonly JsonSerializerOptions QueryJson = new() { DefaultIgnoreCondition =
        System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };
}
