using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using static AccessGov.Audit.Export.Formats.JsonMembers;

namespace AccessGov.Audit.Export.Formats;

/// <summary>
/// Events as FHIR R4 AuditEvent, in the shapes of IHE's Basic Audit Log Patterns. A profile is claimed for a success only, and where all
/// it demands is known;
/// decisions have the shape of an authorization by role, which has no profile of its own.
/// </summary>
internal static class FhirAuditEvent
{
    private const string TokenSystem = "urn:accessgov:audit:patient-token";
    private const string ServiceSystem = "urn:accessgov:service";
    private const string PersonSystem = "urn:accessgov:person";
    private const string DecisionKind = "decision";

    public static JsonObject Of(ExportedEvent exported, ExportOrigin origin)
    {
        TrailEntry entry = exported.Entry;
        RestPattern? rest = entry.Kind == DecisionKind ? null : FhirCodes.RestOf(entry.Action);
        (Code type, Code? subtype, string action) = rest is not null
            ? (FhirCodes.Rest, rest.Interaction, rest.ActionCode)
            : NotRest(entry);
        return Members(
            ("resourceType", "AuditEvent"),
            ("meta", Members(
                ("source", $"urn:accessgov:audit:{Uri.EscapeDataString(origin.Trail)}:{entry.Sequence}"),
                ("profile", ProfileOf(entry, rest, origin) is { } profile ? List(profile) : null))),
            ("type", CodingOf(type)),
            ("subtype", subtype is null ? null : List(CodingOf(subtype))),
            ("action", action),
            ("recorded", Timestamps.Of(entry.OccurredAt)),
            ("outcome", DicomEvent.OutcomeIndicator(entry)),
            ("outcomeDesc", PurposeOfUse.OutcomeOf(entry) ?? (entry.Succeeded ? null : entry.Outcome)),
            ("purposeOfEvent", PurposeOfUse.Of(entry) is { } purpose
                ? List(ConceptOf(purpose with { System = PurposeOfUse.FhirSystem })) : null),
            ("agent", AgentsOf(exported, rest, origin)),
            ("source", Members(("site", origin.Site), ("observer", ServiceReference(entry)),
                ("type", List(CodingOf(FhirCodes.SecurityServer))))),
            ("entity", EntitiesOf(exported, origin)));
    }

    private static (Code Type, Code? Subtype, string Action) NotRest(TrailEntry entry)
    {
        if (entry.Kind == DecisionKind)
        {
            return (FhirCodes.Alert, FhirCodes.AuthorizedByRole, "E");
        }

        if (entry.Action is AuditActions.Export or AuditActions.Share or AuditActions.Print)
        {
            return (FhirCodes.Export, FhirCodes.Disclose, "R");
        }

        var dicom = DicomEvent.Of(entry);
        return (InFhir(dicom.Id), dicom.Type is null ? null : InFhir(dicom.Type), dicom.ActionCode);
    }

    private static Code InFhir(Code code) => code with { System = code.System == DicomEvent.OwnSystem ? "urn:accessgov:audit"
        : FhirCodes.Dicom };

    /// <summary>
    /// Null unless everything is known that the profile demands: both machines with their places in the network, and what was accessed.
    /// </summary>
    private static string? ProfileOf(TrailEntry entry, RestPattern? rest, ExportOrigin origin) =>
        rest?.Profile is { } access && entry is { Succeeded: true, Address: not null } && origin.Hosts.ContainsKey(entry.Service)
        && (entry.Study ?? entry.Resource) is not null
            ? $"{FhirCodes.ProfileRoot}IHE.BasicAudit.{(entry.PatientToken is null ? "" : "Patient")}{access}"
            : null;

    private static JsonArray AgentsOf(ExportedEvent exported, RestPattern? rest, ExportOrigin origin)
    {
        TrailEntry entry = exported.Entry;
        bool decision = entry.Kind == DecisionKind;
        Code clientType = rest?.Client ?? (decision ? FhirCodes.Application : FhirCodes.Source);
        Code serverType = rest?.Server ?? (decision ? FhirCodes.AuthorisationServer : FhirCodes.Destination);
        JsonObject? client = (entry.Workstation ?? entry.Address) is { } place
            ? Members(
                ("type", ConceptOf(clientType)), ("who", Members(("type", "Device"), ("identifier", Members(("value", place))))),
                    ("requestor", false),
                ("network", NetworkOf(entry.Address, entry.Workstation)))
            : null;
        JsonObject? person = entry.Actor is null ? null : Members(
            ("type", ConceptOf(FhirCodes.Person)), ("who", Members(("identifier",
                Members(("system", PersonSystem), ("value", entry.Actor))))),
            ("name", exported.Opened?.PersonName), ("requestor", true),
            ("policy", decision ? null : PolicyOf(entry)));
        JsonObject? organisation = decision && origin.Site is { } site
            ? Members(("type", ConceptOf(FhirCodes.Organisation)), ("who", Members(("display", site))), ("requestor", false))
            : null;
        JsonObject server = Members(
            ("type", ConceptOf(serverType)), ("who", ServiceReference(entry)), ("requestor", entry.Actor is null),
                ("policy", decision ? PolicyOf(entry) : null),
            ("network", origin.Hosts.GetValueOrDefault(entry.Service) is { } host ? NetworkOf(null, host) : null));
        return List(client, server, person, organisation);
    }

    private static JsonArray? PolicyOf(TrailEntry entry) =>
        entry.Policy?.BundleDigest is { } digest ? List($"urn:accessgov:policy:{Uri.EscapeDataString(digest)}") : null;

    private static JsonObject NetworkOf(string? address, string? name) =>
        Members(("address", address ?? name), ("type", address is null ? "1" : "2"));

    private static JsonArray EntitiesOf(ExportedEvent exported, ExportOrigin origin)
    {
        TrailEntry entry = exported.Entry;
        JsonObject? patient = exported.Patient is { } id ? Members(
            ("what", Members(
                ("type", "Patient"),
                ("identifier", Members(("system", exported.PatientIsKnown ? origin.PatientSystem : TokenSystem), ("value", id))),
                ("display", exported.Opened?.PatientName))),
            ("type", CodingOf(FhirCodes.PersonEntity)), ("role", CodingOf(FhirCodes.PatientRole))) : null;
        JsonObject? request = entry.Correlation is { } correlation
            ? Members(("what", Members(("identifier", Members(("value", correlation))))), ("type", CodingOf(FhirCodes.RequestId)))
            : null;
        return List(DataOf(entry), patient, request);
    }

    private static JsonObject? DataOf(TrailEntry entry)
    {
        JsonArray details = List(
            DetailOf("series", entry.Series), DetailOf("emergency-case", entry.EmergencyCase),
                DetailOf("decision", entry.Policy?.DecisionId),
            DetailOf("session", entry.Session));
        JsonObject? what = entry.Study is { } study
                ? Members(("type", "ImagingStudy"), ("identifier", Members(("system", "urn:dicom:uid"), ("value", $"urn:oid:{study}"))))
            : entry.Resource is { } resource ? Members(("identifier", Members(("system", "urn:accessgov:resource"), ("value", resource))))
            : null;
        Code role = entry.Action == AuditActions.Query ? FhirCodes.QueryRole : FhirCodes.DomainRole;
        return what is null && details.Count == 0
            ? null
            : Members(("what", what), ("type", CodingOf(FhirCodes.SystemEntity)), ("role", CodingOf(role)), ("detail", details));
    }

    private static JsonObject? DetailOf(string type, string? value) => value is null ? null
        : Members(("type", type), ("valueString", value));

    private static JsonObject ServiceReference(TrailEntry entry) =>
        Members(("type", "Device"), ("identifier", Members(("system", ServiceSystem), ("value", entry.Service))),
            ("display", entry.Service));

    private static JsonObject CodingOf(Code code) => Members(("system", code.System), ("code", code.Value), ("display", code.Text));

    private static JsonObject ConceptOf(Code code) => Members(("coding", List(CodingOf(code))));
}
