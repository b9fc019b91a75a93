namespace AccessGov.Audit.Ingest.Reported;

/// <summary>What was done, from the codes of DICOM (PS3.16, CID 400 to 405) and of FHIR.</summary>
internal static class ReportedActions
{
    public const string BreakGlass = "BTG";
    public const string SecurityAlert = "110113";
    public const string UserAuthentication = "110114";
    public const string Login = "110122";
    public const string Logout = "110123";
    public const string RestrictedFunction = "110132";
    public const string EmergencyStarted = "110127";
    public const string EmergencyStopped = "110138";

    /// <summary>The types of a security alert.</summary>
    public static IReadOnlyList<string> AlertTypes { get; } = [.. Enumerable.Range(110_126, 17).Select(type => $"{type}")];

    /// <summary>The action of an event.</summary>
    public static string Of(ReportedEvent reported) => reported.Code switch
    {
        "110100" => reported.Types.Contains("110120", StringComparer.Ordinal) ? AuditActions.ApplicationStart
            : reported.Types.Contains("110121", StringComparer.Ordinal) ? AuditActions.ApplicationStop
            : AuditActions.Other,
        "110101" => AuditActions.AuditRead,
        "110102" or "110104" => AuditActions.Share,
        "110105" => AuditActions.Delete,
        "110106" => OfExport(reported),
        "110107" => AuditActions.Modify,
        "110108" => AuditActions.Other,
        "110112" => AuditActions.Query,
        SecurityAlert => OfAlert(reported),
        UserAuthentication => OfAuthentication(reported),
        _ => reported.Types.Select(OfInteraction).OfType<string>().FirstOrDefault() ?? OfActionCode(reported.ActionCode),
    };

    private static string OfActionCode(string? code) => code switch
    {
        "C" or "U" => AuditActions.Modify,
        "R" => AuditActions.View,
        "D" => AuditActions.Delete,
        _ => AuditActions.Other,
    };

    /// <summary>Film and paper are prints; what is sent to somebody is shared.</summary>
    private static string OfExport(ReportedEvent reported) =>
        reported.Participants.Select(participant => participant.Medium).OfType<string>().FirstOrDefault() switch
        {
            "110010" or "110038" => AuditActions.Print,
            "110031" => AuditActions.Share,
            _ => reported.Types.Contains("disclose", StringComparer.Ordinal) ? AuditActions.Share : AuditActions.Export,
        };

    private static string OfAlert(ReportedEvent reported) => reported.Types.Select(type => type switch
    {
        EmergencyStarted => AuditActions.EmergencyStart,
        EmergencyStopped => AuditActions.EmergencyEnd,
        "110128" or "110129" or "110130" or "110131" or "110135" or "110136" or "110137" => AuditActions.Administer,
        "AuthZ-Consent" or "AuthZ-Role" => AuditActions.Decide,
        _ => null,
    }).OfType<string>().FirstOrDefault()
        ?? (reported.Purposes.Contains(BreakGlass, StringComparer.Ordinal) ? AuditActions.EmergencyStart : AuditActions.SecurityAlert);

    private static string OfAuthentication(ReportedEvent reported) =>
        reported.Types.Contains(Logout, StringComparer.Ordinal) ? AuditActions.SignOut
        : reported.OutcomeIndicator is null or "0" ? AuditActions.SignIn
        : AuditActions.SignInFailed;

    /// <summary>The interactions of FHIR's REST interface, and the events of a record's life.</summary>
    private static string? OfInteraction(string type) => type switch
    {
        "read" or "vread" or "history" or "history-instance" or "history-type" or "history-system" or "access" => AuditActions.View,
        "create" or "update" or "patch" or "originate" or "amend" or "receive" or "merge" or "unmerge" => AuditActions.Modify,
        "delete" or "destroy" => AuditActions.Delete,
        "search" or "search-type" or "search-system" => AuditActions.Query,
        "extract" => AuditActions.Export,
        "disclose" or "transmit" => AuditActions.Share,
        Login => AuditActions.SignIn,
        Logout => AuditActions.SignOut,
        EmergencyStarted => AuditActions.EmergencyStart,
        EmergencyStopped => AuditActions.EmergencyEnd,
        _ => null,
    };
}
