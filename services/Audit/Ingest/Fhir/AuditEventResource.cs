using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using AccessGov.Audit.Ingest.Reported;

namespace AccessGov.Audit.Ingest.Fhir;

/// <summary>Reads an AuditEvent of FHIR R4 (<c>hl7.org/fhir/R4/auditevent.html</c>), also as IHE's BALP profiles it.</summary>
internal static class AuditEventResource
{
    private const string UidPrefix = "urn:oid:";
    private static readonly string[] People = ["Practitioner", "PractitionerRole", "Patient", "Person", "RelatedPerson"];
    private static readonly string[] Machines = ["Device", "Organization", "CareTeam", "HealthcareService"];

    /// <summary>Reads one.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="fault">Why it is not understood, as a code.</param>
    public static ReportedEvent? Read(JsonElement resource, out string fault)
    {
        JsonElement? root = resource;
        string? code = ClearText.Code(root.Member("type").Text("code"));
        DateTimeOffset? at = EventTime.Of(root.Text("recorded"));
        ReportedParticipant[] agents = [.. root.Items("agent").Select(Agent)];
        fault = code is null ? "type_missing" : at is null ? "time_missing" : agents.Length == 0 ? "agent_missing" : "";
        if (fault.Length > 0)
        {
            return null;
        }

        string[] subtypes = [.. root.Items("subtype").Select(coding => ClearText.Code(coding.Text("code"))).OfType<string>()];
        JsonElement? source = root.Member("source");
        return new ReportedEvent
        {
            Kind = code == "rest" && subtypes is [{ Length: <= 32 } interaction, ..] ? $"fhir.rest.{interaction}" : $"fhir.{code}",
            Code = code!,
            Types = subtypes,
            ActionCode = root.Text("action"),
            At = at!.Value,
            OutcomeIndicator = root.Text("outcome"),
            OutcomeText = root.Text("outcomeDesc"),
            Purposes = [.. root.Codes("purposeOfEvent"), .. root.Items("agent").SelectMany(agent => agent.Codes("purposeOfUse"))],
            System = (KindOf(source.Member("observer")) is "Patient" ? null : source.Member("observer").Target()) ?? source.Text("site"),
            Correlation = root.Items("entity").Where(IsRequestId).Select(entity => entity.Member("what").Target()).FirstOrDefault(),
            Participants = agents,
            Objects = [.. root.Items("entity").Where(entity => !IsRequestId(entity)).Select(Entity)],
        };
    }

    private static bool IsRequestId(JsonElement? entity) => entity.Member("type").Text("code") is "XrequestId";

    private static string? KindOf(JsonElement? reference) => reference.Relative()?.Type ?? reference.Text("type");

    private static ReportedParticipant Agent(JsonElement? agent)
    {
        string[] types = [.. agent.Codes("type")];
        JsonElement? who = agent.Member("who");
        string? kind = KindOf(who);
        return new ReportedParticipant
        {
            Id = who.Target() ?? agent.Text("altId"),
            AlternativeId = agent.Text("altId"),
            Name = agent.Text("name") ?? who.Text("display"),
            IsPatient = kind == "Patient" || types.Contains("PAT", StringComparer.Ordinal),
            IsRequestor = agent.Member("requestor") is { ValueKind: JsonValueKind.True },
            // BALP's user agents are information recipients; its client of a deletion is an application, the server a custodian.
            IsPerson = types.Contains("IRCP", StringComparer.Ordinal) || People.Contains(kind, StringComparer.Ordinal) ? true
                : types.Contains("custodian", StringComparer.Ordinal) || types.Contains("authserver", StringComparer.Ordinal)
                    || types.Contains("PROV", StringComparer.Ordinal) || Machines.Contains(kind, StringComparer.Ordinal) ? false
                : null,
            AccessPoint = agent.Member("network").Text("address"),
            AccessPointType = agent.Member("network").Text("type"),
            Roles = [.. types, .. agent.Codes("role")],
            Medium = ClearText.Code(agent.Member("media").Text("code")),
        };
    }

    private static ReportedObject Entity(JsonElement? entity)
    {
        JsonElement? what = entity.Member("what");
        (string Type, string Id)? address = what.Relative();
        string? role = entity.Member("role").Text("code"), type = entity.Member("type").Text("code");
        string? given = what.Member("identifier").Text("value");
        bool isPatient = address?.Type == "Patient" || what.Text("type") == "Patient" || (type == "1" && role == "1");
        string? study = !isPatient ? StudyOf(what, address?.Type) : null;
        return new ReportedObject
        {
            Id = study ?? what.Target(),
            IdType = isPatient ? "2" : study is not null ? "110180" : null,
            Type = type,
            Role = role,
            Name = entity.Text("name") ?? what.Text("display"),
            Query = Decoded(entity.Text("query")),
            Resource = isPatient || study is not null || address is null ? null : $"{address.Value.Type}::{address.Value.Id}",
            Notes = [.. Notes(entity, study is null && address is not null ? given : null)],
        };
    }

    /// <summary>A study is an identifier of DICOM, or an ImagingStudy with one.</summary>
    private static string? StudyOf(JsonElement? what, string? type)
    {
        JsonElement? identifier = what.Member("identifier");
        bool isDicom = identifier.Text("system") == "urn:dicom:uid" || type == "ImagingStudy" || what.Text("type") == "ImagingStudy";
        string? value = identifier.Text("value");
        return isDicom && value is not null
            ? ClearText.Uid(value.StartsWith(UidPrefix, StringComparison.Ordinal) ? value[UidPrefix.Length..] : value)
            : null;
    }

    private static IEnumerable<string> Notes(JsonElement? entity, string? identifier)
    {
        string?[] notes = [identifier, entity.Text("description"), entity.Member("lifecycle").Text("code")];
        foreach (string note in notes.OfType<string>())
        {
            yield return note;
        }

        foreach (JsonElement? detail in entity.Items("detail"))
        {
            yield return $"{detail.Text("type")}={detail.Text("valueString") ?? Decoded(detail.Text("valueBase64Binary"))}";
        }
    }

    private static string? Decoded(string? text)
    {
        byte[] decoded = new byte[(text ?? "").Length];
        return text is not null && Convert.TryFromBase64String(text, decoded, out int count) && Utf8.IsValid(decoded.AsSpan(0, count))
            ? Encoding.UTF8.GetString(decoded, 0, count)
            : text;
    }
}
