using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Export.Formats;

/// <summary>A code, the system that defines it, and what it means in words.</summary>
internal sealed record Code(string Value, string System, string Text)
{
    /// <summary>A code of DICOM's own terminology.</summary>
    public static Code Dicom(string value, string text) => new(value, "DCM", text);
}

/// <summary>What takes part in an event, and in which roles.</summary>
internal enum DicomShape
{
    /// <summary>Somebody and the service, and objects.</summary>
    Access,

    /// <summary>Somebody takes data out, onto a medium.</summary>
    Export,

    /// <summary>Somebody asks, the service answers.</summary>
    Query,

    /// <summary>Somebody at a place of the network, and nothing else.</summary>
    Authentication,

    /// <summary>The service reports what somebody did, and to what.</summary>
    Alert,

    /// <summary>A program, and who started it.</summary>
    Application,
}

/// <summary>
/// Which event of DICOM PS3.15 A.5 an event of the trail is. Where something is not known that the standard demands of an event it is not
/// called by that event's code
/// but by one of our own: a receiver that relies on the standard is told nothing that does not hold.
/// </summary>
internal sealed record DicomEvent(Code Id, Code? Type, string ActionCode, DicomShape Shape)
{
    public const string OwnSystem = "AccessGov";

    public static readonly Code InstancesAccessed = Code.Dicom("110103", "DICOM Instances Accessed");
    public static readonly Code SecurityAlert = Code.Dicom("110113", "Security Alert");
    private static readonly Code Login = Code.Dicom("110122", "Login");
    private static readonly Code Logout = Code.Dicom("110123", "Logout");
    private static readonly Code RestrictedFunction = Code.Dicom("110132", "Use of Restricted Function");

    public static DicomEvent Of(TrailEntry entry)
    {
        bool study = entry is { Study: not null, PatientToken: not null }, patient = entry.PatientToken is not null;
        bool place = (entry.Address ?? entry.Workstation) is not null;
        return entry.Action switch
        {
            AuditActions.Delete when study && entry.Series is null => Access(Code.Dicom("110105", "DICOM Study Deleted"), entry),
            AuditActions.View or AuditActions.Modify or AuditActions.Annotate or AuditActions.Delete when study =>
                Access(InstancesAccessed, entry),
            AuditActions.View or AuditActions.Modify or AuditActions.Annotate or AuditActions.Delete when patient =>
                Access(Code.Dicom("110110", "Patient Record"), entry),
            AuditActions.Print when patient => Exported,
            AuditActions.Export or AuditActions.Share when patient && place => Exported,
            AuditActions.Query => new(Code.Dicom("110112", "Query"), null, "E", DicomShape.Query),
            AuditActions.SignIn or AuditActions.SignInFailed when place => Authenticated(Login),
            AuditActions.SignOut when place => Authenticated(Logout),
            AuditActions.AuditRead => Access(Code.Dicom("110101", "Audit Log Used"), entry),
            AuditActions.ApplicationStart => Application(Code.Dicom("110120", "Application Start")),
            AuditActions.ApplicationStop => Application(Code.Dicom("110121", "Application Stop")),
            AuditActions.EmergencyStart => Alert(Code.Dicom("110127", "Emergency Override Started")),
            AuditActions.EmergencyEnd => Alert(Code.Dicom("110138", "Emergency Override Stopped")),
            AuditActions.Administer or AuditActions.Decide when entry.Outcome == AuditOutcomes.Denied => Alert(RestrictedFunction),
            AuditActions.Administer => Alert(Administered(entry.Kind)),
            AuditActions.SecurityAlert => Alert(new Code(entry.Kind, OwnSystem, entry.Kind)),
            _ => Access(new Code(entry.Action, OwnSystem, entry.Action), entry),
        };
    }

    /// <summary>0 when it succeeded, 4 when it was refused, 8 when it failed.</summary>
    public static string OutcomeIndicator(TrailEntry entry) => entry.Outcome switch
    {
        AuditOutcomes.Success => "0",
        AuditOutcomes.Denied => "4",
        _ => "8",
    };

    private static DicomEvent Exported => new(Code.Dicom("110106", "Export"), null, "R", DicomShape.Export);

    private static DicomEvent Access(Code id, TrailEntry entry) => new(id, null, ActionOf(entry.Action), DicomShape.Access);

    private static DicomEvent Authenticated(Code type) => new(Code.Dicom("110114", "User Authentication"), type, "E",
        DicomShape.Authentication);

    private static DicomEvent Application(Code type) => new(Code.Dicom("110100", "Application Activity"), type, "E",
        DicomShape.Application);

    private static DicomEvent Alert(Code type) => new(SecurityAlert, type, "E", DicomShape.Alert);

    private static string ActionOf(string action) => action switch
    {
        AuditActions.View or AuditActions.AuditRead => "R",
        AuditActions.Modify or AuditActions.Annotate => "U",
        AuditActions.Delete => "D",
        _ => "E",
    };

    private static Code Administered(string kind) =>
        Names(kind, "grant", "role", "recertif", "certified") ? Code.Dicom("110136", "Security Roles Changed")
        : ConcernsAccounts(kind) ? Code.Dicom("110137", "User Security Attributes Changed")
        : Code.Dicom("110129", "Security Configuration");

    /// <summary>Whether an administrative event is one of somebody's account.</summary>
    public static bool ConcernsAccounts(string kind) =>
        Names(kind, "person", "user", "account", "client", "session", "password", "passkey", "clearance", "identity-linked", "group");

    private static bool Names(string kind, params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            if (kind.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
