using System.Text;
using System.Text.Unicode;
using System.Xml;
using AccessGov.Audit.Ingest.Reported;

namespace AccessGov.Audit.Ingest.Dicom;

/// <summary>
/// Reads an audit message of DICOM (PS3.15, A.5), and what systems send instead of one: the attributes of RFC 3881, elements in any order,
/// an event's type as its id.
/// </summary>
internal static class DicomMessage
{
    private static readonly byte[][] Beginnings = [.. new[] { "<?xml", "<AuditMessage", "<" }.Select(Encoding.ASCII.GetBytes)];

    /// <summary>Reads a message.</summary>
    /// <param name="message">What it is in, from its first <c>&lt;?xml</c> or <c>&lt;AuditMessage</c> on.</param>
    /// <param name="sent">When the message around it was sent: its offset is that of a time without one.</param>
    /// <param name="fault">Why there is none, as a code.</param>
    public static ReportedEvent? Read(ReadOnlySpan<byte> message, DateTimeOffset? sent, out string fault)
    {
        byte[] document = message[BeginningOf(message)..].ToArray();
        if ((Root(document) ?? (WithoutEscapes(document) is { } repaired ? Root(repaired) : null)) is not { } root)
        {
            fault = "not_xml";
            return null;
        }

        AuditElement? identification = root.First("EventIdentification");
        (string? code, string[] types) = Codes(identification);
        DateTimeOffset? at = EventTime.Of(identification?["EventDateTime"], sent?.Offset) ?? sent;
        ReportedParticipant[] participants = [.. root.All("ActiveParticipant").Select(Participant)];
        fault = !string.Equals(root.Name, "AuditMessage", StringComparison.OrdinalIgnoreCase) ? "not_an_audit_message"
            : code is null ? "event_id_missing"
            : at is null ? "time_missing"
            : participants.Length == 0 ? "participant_missing"
            : "";
        return fault.Length > 0 ? null : new ReportedEvent
        {
            Kind = $"dicom.{code}",
            Code = code!,
            Types = types,
            ActionCode = identification!["EventActionCode"],
            At = at!.Value,
            OutcomeIndicator = identification["EventOutcomeIndicator"],
            OutcomeText = identification.First("EventOutcomeDescription")?.Text,
            Purposes = [.. identification.All("PurposeOfUse").Select(purpose => purpose.Code).OfType<string>()],
            System = root.First("AuditSourceIdentification")?["AuditSourceID"],
            Participants = participants,
            Objects = [.. root.All("ParticipantObjectIdentification").Select(Object)],
        };
    }

    private static AuditElement? Root(byte[] document)
    {
        try
        {
            return AuditElement.Read(new MemoryStream(document, writable: false));
        }
        catch (Exception e) when (e is XmlException or DecoderFallbackException or ArgumentException or NotSupportedException)
        {
            // The only way in which the reader says that it is not XML, or in no encoding that it knows.
            return null;
        }
    }

    /// <summary>
    /// Relays such as rsyslog write a line feed as #012, a carriage return as #015 and a tabulator as #011, unless they are told not to.
    /// </summary>
    private static byte[]? WithoutEscapes(byte[] document)
    {
        string text = Encoding.Latin1.GetString(document);
        string repaired = text
            .Replace("#012", "\n", StringComparison.Ordinal)
            .Replace("#015", "\r", StringComparison.Ordinal)
            .Replace("#011", "\t", StringComparison.Ordinal);
        return repaired.Length == text.Length ? null : Encoding.Latin1.GetBytes(repaired);
    }

    private static int BeginningOf(ReadOnlySpan<byte> message)
    {
        foreach (byte[] beginning in Beginnings)
        {
            if (message.IndexOf(beginning) is >= 0 and int found)
            {
                return found;
            }
        }

        return 0;
    }

    /// <summary>The event's code and its types. Some name Login as the event, which is a type of User Authentication.</summary>
    private static (string? Code, string[] Types) Codes(AuditElement? identification)
    {
        string? code = ClearText.Code(identification?.First("EventID")?.Code);
        string[] types = [.. identification?.All("EventTypeCode").Select(type => ClearText.Code(type.Code)).OfType<string>() ?? []];
        return code switch
        {
            ReportedActions.Login or ReportedActions.Logout => (ReportedActions.UserAuthentication, [code, .. types]),
            "110120" or "110121" => ("110100", [code, .. types]),
            not null when ReportedActions.AlertTypes.Contains(code, StringComparer.Ordinal) =>
                (ReportedActions.SecurityAlert, [code, .. types]),
            _ => (code, types),
        };
    }

    private static ReportedParticipant Participant(AuditElement element)
    {
        // Of dcm4chee: what sort of id it is, or of user.
        string? idType = element.First("UserIDTypeCode")?.Code ?? element["UserIDTypeCode"];
        string? userType = element["UserTypeCode"] ?? element.First("UserTypeCode")?.Text;
        return new ReportedParticipant
        {
            Id = element["UserID"],
            AlternativeId = element["AlternativeUserID"],
            Name = element["UserName"],
            IsRequestor = element["UserIsRequestor"] is "true" or "TRUE" or "True" or "1",
            IsPerson = idType == "113871" || userType == "1" ? true
                : idType is "110182" or "113877" or "12" || userType is "2" or "3" ? false
                : null,
            AccessPoint = element["NetworkAccessPointID"],
            AccessPointType = element["NetworkAccessPointTypeCode"],
            Roles = [.. element.All("RoleIDCode").Select(role => ClearText.Code(role.Code)).OfType<string>()],
            Medium = element.First("MediaIdentifier")?.First("MediaType")?.Code ?? element.First("MediaType")?.Code,
        };
    }

    private static ReportedObject Object(AuditElement element)
    {
        AuditElement? idType = element.First("ParticipantObjectIDTypeCode");
        return new ReportedObject
        {
            Id = element["ParticipantObjectID"],
            IdType = idType?.Code ?? element["ParticipantObjectIDTypeCode"],
            Type = element["ParticipantObjectTypeCode"],
            Role = element["ParticipantObjectTypeCodeRole"],
            Name = element.First("ParticipantObjectName")?.Text ?? element["ParticipantObjectName"],
            Query = Decoded(element.First("ParticipantObjectQuery")?.Text),
            Notes = [.. Notes(element)],
        };
    }

    private static IEnumerable<string> Notes(AuditElement element)
    {
        foreach (AuditElement detail in element.All("ParticipantObjectDetail"))
        {
            yield return $"{detail["type"]}={Decoded(detail["value"])}";
        }

        // The standard has them in a description, RFC 3881 beside it.
        foreach (AuditElement around in element.All("ParticipantObjectDescription").Prepend(element))
        {
            foreach (AuditElement one in around.All("Accession"))
            {
                yield return $"accession={one["Number"]}";
            }

            foreach (AuditElement one in around.All("MPPS"))
            {
                yield return $"mpps={one["UID"]}";
            }

            foreach (AuditElement one in around.All("SOPClass"))
            {
                yield return $"sop_class={one["UID"]} instances={one["NumberOfInstances"]}";
            }

            if (around.Name == "ParticipantObjectDescription" && around.Text.Length > 0)
            {
                yield return around.Text;
            }
        }
    }

    /// <summary>Text in base64, which some senders forget.</summary>
    private static string? Decoded(string? text)
    {
        byte[] decoded = new byte[(text ?? "").Length];
        return text is not null && Convert.TryFromBase64String(text, decoded, out int count) && Utf8.IsValid(decoded.AsSpan(0, count))
            ? Encoding.UTF8.GetString(decoded, 0, count)
            : text;
    }
}
