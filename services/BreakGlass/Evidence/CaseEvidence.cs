namespace AccessGov.BreakGlass.Evidence;

/// <summary>A case before this one.</summary>
/// <param name="Verdict">What was found; null while nobody has judged it.</param>
/// <param name="Score">Its misuse score when it was judged; null when it was not known.</param>
internal sealed record EarlierCase(string Id, string Person, string Patient, string ReasonCode, DateTimeOffset InvokedAt, string? Verdict,
    int? Score);

/// <summary>How usual a case is among others.</summary>
/// <param name="OfPerson">The person's cases in the 30 days up to this one, which counts.</param>
/// <param name="OfPeers">The median of the cases of those others with the same role who had any in that time; 0 when nobody had.</param>
/// <param name="PeopleOfPatient">How many people took emergency access to the patient in the 24 hours up to this case, its person among
/// them.</param>
internal sealed record Frequency(int OfPerson, double OfPeers, int PeopleOfPatient);

/// <summary>What PolicyDecision knows: see its POST /emergency-evidence.</summary>
/// <param name="Complete">Whether all decisions of the time were read.</param>
/// <param name="Spooled">How many decisions, whoever they are about, are not in the journal yet.</param>
/// <param name="WorkingHours">Whether it began in the working hours of a site where the person works; null when that is not known.</param>
/// <param name="Studies">What is known of the studies that were named in the question.</param>
internal sealed record DecisionEvidence(
    bool Complete, long Spooled, IReadOnlyList<OpenedImages> Opened, IReadOnlyList<DeniedAccess> DeniedBefore, PatientRelation Relation,
    IReadOnlyList<HeldRole> Roles, bool? WorkingHours, IReadOnlyList<KnownStudy>? Studies = null);

/// <summary>What PolicyDecision knows of a study that an edge opened by itself.</summary>
internal sealed record KnownStudy(string Study, string? Department, bool Vip);

/// <param name="Study">The study's UID; null when it was about the patient.</param>
/// <param name="Vip">Whether the study has that label; null when nobody who knows was asked.</param>
internal sealed record OpenedImages(
    string Action, string? Study, string? Department, bool? Vip, int Count, DateTimeOffset First, DateTimeOffset Last,
    IReadOnlyList<string> Addresses, IReadOnlyList<string> Workstations)
{
    /// <summary>
    /// Whether <see cref="Count"/> says in how many minutes: a viewer asks for every picture, and an edge writes it down once a minute.
    /// </summary>
    public bool ByMinute { get; init; }
}

internal sealed record DeniedAccess(DateTimeOffset At, string Action, string? Study, string Reason);

/// <param name="Order">Whether the person had asked for a study that was opened.</param>
/// <param name="Staff">Whether the patient works here.</param>
internal sealed record PatientRelation(bool CareTeam, bool Referral, bool Order, bool Family, bool Self, bool Staff);

internal sealed record HeldRole(string Role, string Scope, string? ScopeId);

/// <summary>All that is known of a case beside its own history.</summary>
/// <param name="Decisions">What PolicyDecision knows; null when it cannot be asked, or nobody has shown who took it.</param>
/// <param name="Frequency">Null when nobody has shown who took it: there is nobody to compare.</param>
internal sealed record CaseEvidence(DecisionEvidence? Decisions, Frequency? Frequency, IReadOnlyList<EarlierCase> Earlier)
{
    /// <summary>Whether somebody has shown who took it.</summary>
    public bool NamesPerson { get; init; } = true;

    /// <summary>What was opened under it at an edge, which PolicyDecision was not asked about.</summary>
    public IReadOnlyList<OpenedImages> Offline { get; init; } = [];

    /// <summary>Of how many studies that an edge opened PolicyDecision was not asked: it takes no more, or not such ids.</summary>
    public int StudiesNotAsked { get; init; }

    /// <summary>The department of all studies that were opened; null when none was, they are of several, or one has none.</summary>
    public string? Department => (Opened ?? []).Where(one => one.Study is not null).Select(one => one.Department)
        .Distinct(StringComparer.Ordinal).ToArray() is [{ } only] ? only : null;

    /// <summary>All that was opened, the first use first; null when that is not known.</summary>
    public IReadOnlyList<OpenedImages>? Opened =>
        Decisions is null && Offline.Count == 0 ? null : [.. (Decisions?.Opened ?? []).Concat(Offline).OrderBy(one => one.First)];

    /// <summary>What is missing and why it matters, for people; empty when nothing is.</summary>
    public IReadOnlyList<string> Missing =>
    [
        .. MissingDecisions,
        .. StudiesNotAsked == 0 ? Array.Empty<string>() :
        [
            $"Of {StudiesNotAsked} studies that were opened at the edge it is not known what they are: PolicyDecision was not asked about "
                + "them.",
        ],
    ];

    private IReadOnlyList<string> MissingDecisions => Decisions switch
    {
        null when !NamesPerson =>
        [
            "Nobody has shown who took it: who they are to the patient, roles, hours and earlier cases cannot be known, and what the "
                + "studies are that were opened is not known here.",
        ],
        null =>
        [
            "What was opened, who the person is to the patient, roles and hours are not known now: PolicyDecision cannot be asked.",
        ],
        { Complete: false } => ["Not all decisions of the time could be read from the journal: more may have been opened or denied."],
        { Spooled: > 0 and var some } => [$"{some} decisions are not in the journal yet: some of them may belong to this case."],
        _ => [],
    };
}

/// <summary>Justified cases of one role, department and reason code.</summary>
/// <param name="Department">The department of what was opened; null when it is not known.</param>
/// <param name="People">Whose cases they are.</param>
/// <param name="OffShift">How many were outside of working hours.</param>
internal sealed record JustifiedCases(string Role, string? Department, string ReasonCode, int Cases, IReadOnlyList<string> People,
    int OffShift);
