using AccessGov.Audit.Ingest;

namespace AccessGov.Audit.Export.Formats;

/// <summary>The codes of FHIR and of IHE's Basic Audit Log Patterns that we use.</summary>
internal static class FhirCodes
{
    public const string Dicom = "http://dicom.nema.org/resources/ontology/DCM";
    public const string ProfileRoot = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/";
    private const string Interaction = "http://hl7.org/fhir/restful-interaction";
    private const string AuditEventType = "http://terminology.hl7.org/CodeSystem/audit-event-type";
    private const string EntityTypeSystem = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    private const string ObjectRoleSystem = "http://terminology.hl7.org/CodeSystem/object-role";

    public static readonly Code Rest = new("rest", AuditEventType, "RESTful Operation");
    public static readonly Code Alert = new("110113", Dicom, "Security Alert");
    public static readonly Code AuthorizedByRole = new("AuthZ-Role", "https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType",
        "Role based authorization");
    public static readonly Code Export = new("110106", Dicom, "Export");
    public static readonly Code Disclose = new("disclose", "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle",
        "Disclose Record Lifecycle Event");
    public static readonly Code Person = new("IRCP", "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "information recipient");
    public static readonly Code Organisation = new("PROV", "http://terminology.hl7.org/CodeSystem/v3-RoleClass", "healthcare provider");
    public static readonly Code AuthorisationServer =
        new("authserver", "http://terminology.hl7.org/CodeSystem/extra-security-role-type", "authorization server");
    public static readonly Code Application = new("110150", Dicom, "Application");
    public static readonly Code Source = new("110153", Dicom, "Source Role ID");
    public static readonly Code Destination = new("110152", Dicom, "Destination Role ID");
    public static readonly Code Custodian = new("custodian", "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
        "Custodian");
    public static readonly Code SecurityServer = new("6", "http://terminology.hl7.org/CodeSystem/security-source-type", "Security Server");
    public static readonly Code PersonEntity = new("1", EntityTypeSystem, "Person");
    public static readonly Code SystemEntity = new("2", EntityTypeSystem, "System Object");
    public static readonly Code PatientRole = new("1", ObjectRoleSystem, "Patient");
    public static readonly Code DomainRole = new("4", ObjectRoleSystem, "Domain Resource");
    public static readonly Code QueryRole = new("24", ObjectRoleSystem, "Query");
    public static readonly Code RequestId = new("XrequestId", "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType",
        "X-Request-Id");

    /// <summary>
    /// What was done over REST: the interaction, the action's letter, the types of the two machines, and the name of the profile.
    /// </summary>
    public static RestPattern? RestOf(string action) => action switch
    {
        AuditActions.View => new(new Code("read", Interaction, "read"), "R", Destination, Source, "Read"),
        AuditActions.Modify or AuditActions.Annotate => new(new Code("update", Interaction, "update"), "U", Source, Destination, "Update"),
        AuditActions.Delete => new(new Code("delete", Interaction, "delete"), "D", Application, Custodian, "Delete"),

        // The profile of queries demands the request as it came, which the trail has not in clear.
        AuditActions.Query => new(new Code("search", Interaction, "search"), "E", Source, Destination, null),
        _ => null,
    };
}

/// <summary>How Basic Audit Log Patterns describes a kind of access.</summary>
internal sealed record RestPattern(Code Interaction, string ActionCode, Code Client, Code Server, string? Profile);
