namespace AccessGov.Audit.Ingest.Reported;

/// <summary>
/// What a DICOM audit message and a FHIR AuditEvent say alike (both come from RFC 3881), before it is one event for each patient.
/// </summary>
internal sealed record ReportedEvent
{
    /// <summary>For example <c>dicom.110103</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The event's code: DICOM's, or <c>rest</c> and the like of FHIR.</summary>
    public required string Code { get; init; }

    /// <summary>The codes that say it more precisely.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>C, R, U, D or E.</summary>
    public string? ActionCode { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>0, 4, 8 or 12; null when it does not say.</summary>
    public string? OutcomeIndicator { get; init; }

    public string? OutcomeText { get; init; }

    /// <summary>Codes of the purpose: TREAT, BTG.</summary>
    public IReadOnlyList<string> Purposes { get; init; } = [];

    /// <summary>The system that says so.</summary>
    public string? System { get; init; }

    public string? Correlation { get; init; }

    public IReadOnlyList<ReportedParticipant> Participants { get; init; } = [];

    public IReadOnlyList<ReportedObject> Objects { get; init; } = [];
}

/// <summary>Who took part.</summary>
internal sealed record ReportedParticipant
{
    public string? Id { get; init; }

    public string? AlternativeId { get; init; }

    public string? Name { get; init; }

    public bool IsRequestor { get; init; }

    /// <summary>Whether it is a person; null when that must be guessed.</summary>
    public bool? IsPerson { get; init; }

    /// <summary>Whether it is a patient, whose id does not stand in clear.</summary>
    public bool IsPatient { get; init; }

    public string? AccessPoint { get; init; }

    /// <summary>1 name, 2 address, 3 telephone, 4 mail, 5 URI.</summary>
    public string? AccessPointType { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The code of the medium that it stands for.</summary>
    public string? Medium { get; init; }

    public bool HasRole(string role) => Roles.Contains(role, StringComparer.Ordinal);
}

/// <summary>What it was done to.</summary>
internal sealed record ReportedObject
{
    public string? Id { get; init; }

    /// <summary>The code of what sort of id it is.</summary>
    public string? IdType { get; init; }

    /// <summary>1 person, 2 system object, 3 organisation, 4 other.</summary>
    public string? Type { get; init; }

    /// <summary>1 patient, 3 report, 24 query and others.</summary>
    public string? Role { get; init; }

    public string? Name { get; init; }

    /// <summary>The query, as text.</summary>
    public string? Query { get; init; }

    /// <summary>What the object is called in clear, <c>Type::id</c>, where its format has such names.</summary>
    public string? Resource { get; init; }

    /// <summary>Whatever else is said of it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
