using System.Text;
using System.Xml;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Export.Formats;

/// <summary>Events as audit messages of DICOM PS3.15 A.5 in its current form, one patient in each (IHE ITI-20). On one line.</summary>
internal static class DicomAuditXml
{
    public static readonly Code UriType = new("12", "RFC-3881", "URI");
    private static readonly Code Source = Code.Dicom("110153", "Source Role ID");
    private static readonly Code Destination = Code.Dicom("110152", "Destination Role ID");

    /// <param name="exported">The event.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="declared">Whether the text begins with an XML declaration.</param>
    /// <param name="purpose">Whether it says why there was access, in the element that IHE adds and DICOM's own schema refuses.</param>
    public static byte[] Of(ExportedEvent exported, ExportOrigin origin, bool declared = true, bool purpose = false)
    {
        using var bytes = new MemoryStream();
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(false), OmitXmlDeclaration = !declared, NewLineHandling =
            NewLineHandling.Entitize };
        using (var xml = XmlWriter.Create(bytes, settings))
        {
            var @event = DicomEvent.Of(exported.Entry);
            xml.WriteStartElement("AuditMessage");
            WriteEvent(xml, exported.Entry, @event, purpose ? PurposeOfUse.Of(exported.Entry) : null);
            WriteParticipants(xml, exported, @event);
            WriteSource(xml, origin);
            DicomAuditObjects.Write(xml, exported, @event, origin);
            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }

    public static void WriteCode(this XmlWriter xml, string element, Code code)
    {
        xml.WriteStartElement(element);
        xml.WriteText("csd-code", code.Value);
        xml.WriteText("codeSystemName", code.System);
        xml.WriteText("originalText", code.Text);
        xml.WriteEndElement();
    }

    /// <summary>
    /// An attribute. What no XML can hold becomes U+FFFD: nothing that a foreign system once sent keeps the trail from going on.
    /// </summary>
    public static void WriteText(this XmlWriter xml, string attribute, string value) => xml.WriteAttributeString(attribute, XmlSafe(value));

    /// <summary>The same for what stands between tags.</summary>
    public static void WriteContent(this XmlWriter xml, string element, string value) => xml.WriteElementString(element, XmlSafe(value));

    private static string XmlSafe(string value)
    {
        char[]? safe = null;
        for (int at = 0; at < value.Length; at++)
        {
            bool pair = at + 1 < value.Length && XmlConvert.IsXmlSurrogatePair(value[at + 1], value[at]);
            if (pair)
            {
                at++;
            }
            else if (!XmlConvert.IsXmlChar(value[at]))
            {
                (safe ??= value.ToCharArray())[at] = '\uFFFD';
            }
        }

        return safe is null ? value : new string(safe);
    }

    private static void WriteEvent(XmlWriter xml, TrailEntry entry, DicomEvent @event, Code? purpose)
    {
        xml.WriteStartElement("EventIdentification");
        xml.WriteText("EventActionCode", @event.ActionCode);
        xml.WriteText("EventDateTime", Timestamps.Of(entry.OccurredAt));
        xml.WriteText("EventOutcomeIndicator", DicomEvent.OutcomeIndicator(entry));
        xml.WriteCode("EventID", @event.Id);
        if (@event.Type is { } type)
        {
            xml.WriteCode("EventTypeCode", type);
        }

        if (!entry.Succeeded && PurposeOfUse.OutcomeOf(entry) is { } reason)
        {
            xml.WriteContent("EventOutcomeDescription", reason);
        }

        if (purpose is not null)
        {
            xml.WriteCode("PurposeOfUse", purpose);
        }

        xml.WriteEndElement();
    }

    private static void WriteParticipants(XmlWriter xml, ExportedEvent exported, DicomEvent @event)
    {
        switch (@event.Shape)
        {
            case DicomShape.Export:
                WritePerson(xml, exported, requestor: true, Source);
                WriteProcess(xml, exported, requestor: false, Source);
                WriteMedium(xml, exported.Entry);
                break;
            case DicomShape.Query:
                WritePerson(xml, exported, requestor: true, Source);
                WriteParticipant(xml, exported.Entry.Service, requestor: false, Destination);
                break;
            case DicomShape.Authentication:
                // Nobody asked for the end of a session that ran out.
                WritePerson(xml, exported, requestor: !RanOut(exported.Entry));
                WriteProcess(xml, exported, requestor: false);
                break;
            case DicomShape.Alert:
                WriteParticipant(xml, exported.Entry.Service, requestor: true);
                if (exported.Entry.Actor is not null)
                {
                    WritePerson(xml, exported, requestor: false);
                }

                break;
            case DicomShape.Application:
                WriteParticipant(xml, exported.Entry.Service, requestor: false, Code.Dicom("110150", "Application"));
                if (exported.Entry.Actor is not null)
                {
                    WritePerson(xml, exported, requestor: true, Code.Dicom("110151", "Application Launcher"));
                }

                break;
            default:
                WritePerson(xml, exported, requestor: true);
                WriteProcess(xml, exported, requestor: false);
                break;
        }
    }

    private static bool RanOut(TrailEntry entry) => entry.Action == AuditActions.SignOut
        && entry.Reason is "idle" or "expired" or "timeout" or "time_out";

    private static void WritePerson(XmlWriter xml, ExportedEvent exported, bool requestor, Code? role = null)
    {
        xml.WriteStartElement("ActiveParticipant");
        xml.WriteText("UserID", exported.Who);
        if (exported.Opened?.PersonName is { } name)
        {
            xml.WriteText("UserName", name);
        }

        xml.WriteText("UserIsRequestor", requestor ? "true" : "false");
        WritePlace(xml, exported.Entry);
        if (role is not null)
        {
            xml.WriteCode("RoleIDCode", role);
        }

        xml.WriteEndElement();
    }

    /// <summary>The service beside a person; without a person it is there already.</summary>
    private static void WriteProcess(XmlWriter xml, ExportedEvent exported, bool requestor, Code? role = null)
    {
        if (exported.Entry.Actor is not null)
        {
            WriteParticipant(xml, exported.Entry.Service, requestor, role);
        }
    }

    private static void WriteParticipant(XmlWriter xml, string id, bool requestor, Code? role = null)
    {
        xml.WriteStartElement("ActiveParticipant");
        xml.WriteText("UserID", id);
        xml.WriteText("UserIsRequestor", requestor ? "true" : "false");
        if (role is not null)
        {
            xml.WriteCode("RoleIDCode", role);
        }

        xml.WriteEndElement();
    }

    private static void WritePlace(XmlWriter xml, TrailEntry entry)
    {
        if ((entry.Address ?? entry.Workstation) is { } place)
        {
            xml.WriteText("NetworkAccessPointID", place);
            xml.WriteText("NetworkAccessPointTypeCode", entry.Address is null ? "1" : "2");
        }
    }

    /// <summary>Paper for what was printed; else it went to the place that asked, by the network.</summary>
    private static void WriteMedium(XmlWriter xml, TrailEntry entry)
    {
        bool paper = entry.Action == AuditActions.Print;
        xml.WriteStartElement("ActiveParticipant");
        xml.WriteText("UserID", paper ? "paper" : entry.Workstation ?? entry.Address!);
        xml.WriteText("UserIsRequestor", "false");
        if (!paper)
        {
            WritePlace(xml, entry);
        }

        xml.WriteCode("RoleIDCode", Code.Dicom("110154", "Destination Media"));
        xml.WriteStartElement("MediaIdentifier");
        xml.WriteCode("MediaType", paper ? Code.Dicom("110038", "Paper Document") : Code.Dicom("110037", "URI"));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteSource(XmlWriter xml, ExportOrigin origin)
    {
        xml.WriteStartElement("AuditSourceIdentification");
        if (origin.Site is { } site)
        {
            xml.WriteText("AuditEnterpriseSiteID", site);
        }

        xml.WriteText("AuditSourceID", origin.Trail);
        xml.WriteCode("AuditSourceTypeCode", new Code("6", "DCM", "Security Server"));
        xml.WriteEndElement();
    }
}
