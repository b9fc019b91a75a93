using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using static AccessGov.Audit.Export.Formats.JsonMembers;

namespace AccessGov.Audit.Export.Formats;

/// <summary>Events in the Open Cybersecurity Schema Framework, for systems that look for attacks.</summary>
internal static class OcsfJson
{
    public const string SchemaVersion = "1.3.0";
    private const int Other = 99;

    public static JsonObject Of(ExportedEvent exported, ExportOrigin origin)
    {
        TrailEntry entry = exported.Entry;
        OcsfClass kind = ClassOf(entry);
        (int activity, string name) = ActivityOf(entry);
        JsonObject whole = Members(
            ("category_uid", (int)kind / 1000),
            ("class_uid", (int)kind),
            ("activity_id", activity),
            ("activity_name", name),
            ("type_uid", ((int)kind * 100) + activity),
            ("severity_id", SeverityOf(entry)),
            ("status_id", entry.Succeeded ? 1 : 2),
            ("status", entry.Succeeded ? "Success" : "Failure"),
            ("status_detail", entry.Reason ?? (entry.Succeeded ? null : entry.Outcome)),
            ("time", entry.OccurredAt.ToUnixTimeMilliseconds()),
            ("message", $"{entry.Action} {entry.Outcome}: {entry.Kind}"),
            ("metadata", MetadataOf(entry, origin)),
            ("actor", Members(("user", UserOf(exported)), ("session", Uid(entry.Session)),
                ("app_name", entry.Actor is null ? entry.Service : null))),
            ("src_endpoint", EndpointOf(entry)),
            ("unmapped", UnmappedOf(exported)));
        foreach ((string member, JsonNode? value) in MembersOf(exported, kind))
        {
            whole[member] = value?.DeepClone();
        }

        return whole;
    }

    private static JsonObject MetadataOf(TrailEntry entry, ExportOrigin origin) => Members(
        ("version", SchemaVersion),
        ("product", Members(("name", "AccessGov"), ("vendor_name", "AccessGov"), ("version", origin.Version))),
        ("profiles", new JsonArray("host")),
        ("uid", entry.EventId),
        ("sequence", entry.Sequence),
        ("log_name", origin.Trail),
        ("log_provider", entry.Service),
        ("logged_time", entry.ReceivedAt.ToUnixTimeMilliseconds()),
        ("original_time", Timestamps.Of(entry.OccurredAt)),
        ("correlation_uid", entry.Correlation),
        ("tenant_uid", origin.Site));

    private static OcsfClass ClassOf(TrailEntry entry) => entry.Action switch
    {
        AuditActions.SignIn or AuditActions.SignInFailed or AuditActions.SignOut => OcsfClass.Authentication,
        AuditActions.Administer when DicomEvent.ConcernsAccounts(entry.Kind) => OcsfClass.AccountChange,
        AuditActions.Administer => OcsfClass.EntityManagement,
        AuditActions.SecurityAlert or AuditActions.EmergencyStart or AuditActions.EmergencyEnd => OcsfClass.DetectionFinding,
        AuditActions.ApplicationStart or AuditActions.ApplicationStop => OcsfClass.ApplicationLifecycle,
        AuditActions.AuditRead => OcsfClass.DatastoreActivity,
        AuditActions.Decide or AuditActions.Other => OcsfClass.ApiActivity,
        _ => OcsfClass.WebResourcesActivity,
    };

    private static (int Id, string Name) ActivityOf(TrailEntry entry) => entry.Action switch
    {
        AuditActions.SignIn or AuditActions.SignInFailed => (1, "Logon"),
        AuditActions.SignOut => (2, "Logoff"),
        AuditActions.SecurityAlert or AuditActions.EmergencyStart => (1, "Create"),
        AuditActions.EmergencyEnd => (3, "Close"),
        AuditActions.ApplicationStart => (3, "Start"),
        AuditActions.ApplicationStop => (4, "Stop"),
        AuditActions.View => (2, "Read"),
        AuditActions.Modify or AuditActions.Annotate => (3, "Update"),
        AuditActions.Delete => (4, "Delete"),
        AuditActions.Query => (5, "Search"),
        AuditActions.Export => (7, "Export"),
        AuditActions.Share => (8, "Share"),
        AuditActions.AuditRead => (1, "Read"),
        _ => (Other, entry.Action == AuditActions.Print ? "Print" : entry.Kind),
    };

    /// <summary>What happens all day informs; what was refused is low; emergencies are looked at by somebody; alerts are high.</summary>
    private static int SeverityOf(TrailEntry entry) => entry.Action switch
    {
        AuditActions.SecurityAlert => 4,
        AuditActions.EmergencyStart => 3,
        _ => entry.Succeeded ? 1 : 2,
    };

    private static JsonObject MembersOf(ExportedEvent exported, OcsfClass kind)
    {
        TrailEntry entry = exported.Entry;
        return kind switch
        {
            OcsfClass.Authentication => Members(("user", UserOf(exported)), ("service", Members(("name", entry.Service))),
                ("session", Uid(entry.Session))),
            OcsfClass.AccountChange => Members(("user", Members(("uid", entry.Resource ?? entry.Stream ?? "unknown")))),
            OcsfClass.EntityManagement => Members(("entity", Members(("uid", entry.Resource ?? entry.Stream ?? entry.Kind),
                ("type", entry.Kind)))),
            OcsfClass.DetectionFinding => Members(
                ("finding_info", Members(
                    ("uid", entry.EmergencyCase ?? entry.EventId), ("title", entry.Kind),
                        ("created_time", entry.OccurredAt.ToUnixTimeMilliseconds()))),
                ("is_alert", entry.Action != AuditActions.EmergencyEnd),
                ("resources", ResourcesOf(exported))),
            OcsfClass.ApplicationLifecycle => Members(("app", Members(("name", entry.Service), ("vendor_name", "AccessGov")))),
            OcsfClass.DatastoreActivity => Members(("table", Members(("name", "trail"))), ("type_id", 3)),
            OcsfClass.ApiActivity => Members(("api", Members(("operation", entry.Kind), ("service", Members(("name", entry.Service)))))),
            _ => Members(
                ("web_resources", ResourcesOf(exported) is { Count: > 0 } resources ? resources : List(Members(("name", entry.Service)))),
                ("dst_endpoint", Members(("name", entry.Service)))),
        };
    }

    private static JsonArray ResourcesOf(ExportedEvent exported) => List(
        ResourceOf("Study", exported.Entry.Study),
        ResourceOf("Series", exported.Entry.Series),
        ResourceOf("Patient", exported.Patient, exported.Opened?.PatientName),
        ResourceOf("Resource", exported.Entry.Resource));

    private static JsonObject? ResourceOf(string type, string? id, string? name = null) =>
        id is null ? null : Members(("uid", id), ("name", name), ("type", type));

    private static JsonObject UserOf(ExportedEvent exported) => Members(
        ("uid", exported.Entry.Actor ?? "unknown"), ("full_name", exported.Opened?.PersonName),
            ("type_id", exported.Entry.Actor is null ? 0 : 1));

    private static JsonObject EndpointOf(TrailEntry entry) => entry.Place is { } place && (place.Address ?? place.Workstation) is not null
        ? Members(("ip", place.Address), ("name", place.Workstation))
        : Members(("name", entry.Service));

    private static JsonObject UnmappedOf(ExportedEvent exported)
    {
        TrailEntry entry = exported.Entry;
        return Members(
            ("kind", entry.Kind), ("action", entry.Action), ("outcome", entry.Outcome), ("patient", exported.Patient),
                ("study", entry.Study),
            ("emergency_case", entry.EmergencyCase), ("decision", entry.Policy?.DecisionId), ("policy_bundle", entry.Policy?.BundleDigest),
            ("stream", entry.Stream), ("stream_version", entry.Version), ("cause", entry.Cause));
    }

    private static JsonObject? Uid(string? id) => id is null ? null : Members(("uid", id));
}

/// <summary>The classes of the schema that we use, by their numbers; the thousands are the category.</summary>
internal enum OcsfClass
{
    DetectionFinding = 2004,
    AccountChange = 3001,
    Authentication = 3002,
    EntityManagement = 3004,
    WebResourcesActivity = 6001,
    ApplicationLifecycle = 6002,
    ApiActivity = 6003,
    DatastoreActivity = 6005,
}
