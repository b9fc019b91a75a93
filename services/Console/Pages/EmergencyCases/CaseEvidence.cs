namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>What whoever judges a case should know of it beside its own history.</summary>
/// <param name="Complete">Whether nothing is missing.</param>
/// <param name="Missing">What is missing and why it matters, in sentences.</param>
/// <param name="EarlierOfPerson">The newest cases of the person before this one.</param>
/// <param name="EarlierOfPatient">The same about the patient.</param>
/// <param name="Opened">What was opened; this and all that follows is null where it is not known.</param>
/// <param name="WorkingHours">Whether it began in working hours; null also where the person has no site with hours.</param>
/// <param name="Score">How much it looks like misuse.</param>
internal sealed record CaseEvidence(
    bool Complete, IReadOnlyList<string> Missing, IReadOnlyList<CaseEvidence.EarlierCase> EarlierOfPerson,
    IReadOnlyList<CaseEvidence.EarlierCase> EarlierOfPatient, int ScoreMax, IReadOnlyList<CaseEvidence.OpenedImages>? Opened = null,
    int? Times = null, CaseEvidence.PatientRelation? Relation = null, IReadOnlyList<CaseEvidence.HeldRole>? Roles = null,
    bool? WorkingHours = null, IReadOnlyList<CaseEvidence.DeniedAccess>? DeniedBefore = null, int? Score = null,
    IReadOnlyList<CaseEvidence.ScoreReason>? ScoreReasons = null)
{
    /// <summary>Who the person was to the patient when it began; null where that is not known.</summary>
    public IReadOnlyList<string>? RelationInWords => Relation is not { } relation ? null :
    [
        .. When(relation.Self, "It is the person's own record."),
        .. When(relation.Family, "The patient is a relative of the person."),
        .. When(relation.Staff, "The patient works here."),
        .. When(relation.CareTeam, "The person was in the patient's care team."),
        .. When(relation.Referral, "The patient was referred to the person."),
        .. When(relation.Order, "The person had asked for a study that was opened."),
        .. When(relation is { CareTeam: false, Referral: false, Order: false }, "Neither care team nor referral, and no study was asked for."),
    ];

    /// <summary>When it began, in the words of the person's sites.</summary>
    public string HoursInWords => (Relation, WorkingHours) switch
    {
        (null, _) => "not known",
        (_, true) => "in the working hours of a site where the person works",
        (_, false) => "outside of the working hours of every site where the person works",
        _ => "not known: the person has no site with working hours",
    };

    private static IEnumerable<string> When(bool holds, string sentence) => holds ? [sentence] : [];

    /// <param name="ByMinute">Whether the count says in how many minutes, as an edge writes it down.</param>
    /// <param name="Vip">Whether the study has that label; null where that is not known.</param>
    /// <param name="Study">Null where it was about the patient.</param>
    public sealed record OpenedImages(
        string Action, int Count, DateTimeOffset First, DateTimeOffset Last, IReadOnlyList<string> Addresses,
        IReadOnlyList<string> Workstations, bool ByMinute = false, bool? Vip = null, string? Study = null,
        string? Department = null);

    public sealed record DeniedAccess(DateTimeOffset At, string Action, string Reason, string? Study = null);

    /// <param name="Order">Whether the person had asked for a study that was opened.</param>
    /// <param name="Staff">Whether the patient works here.</param>
    public sealed record PatientRelation(bool CareTeam, bool Referral, bool Order, bool Family, bool Self, bool Staff);

    public sealed record HeldRole(string Role, string Scope, string? ScopeId = null);

    /// <param name="Verdict">Null while nobody has judged it.</param>
    public sealed record EarlierCase(
        string Id, string Person, string Patient, string ReasonCode, DateTimeOffset InvokedAt, string? Verdict = null, int? Score = null);

    /// <param name="Weight">What it adds to the score.</param>
    public sealed record ScoreReason(string Code, int Weight, string Sentence);
}
