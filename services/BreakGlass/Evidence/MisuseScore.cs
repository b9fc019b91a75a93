namespace AccessGov.BreakGlass.Evidence;

/// <summary>Why a case looks like misuse.</summary>
/// <param name="Code">Stable.</param>
/// <param name="Weight">What it adds to the score.</param>
/// <param name="Sentence">For whoever judges.</param>
internal sealed record ScoreReason(string Code, int Weight, string Sentence);

/// <summary>
/// How much a case looks like misuse, from 0 to 100, and why. It says where to look closely, and judges nothing: whatever the score,
/// somebody reads the case.
/// </summary>
internal static class MisuseScore
{
    public const int Most = 100;
    public const string OffShift = "off_shift";

    private const int OftenFrom = 3;
    private const int CrowdFrom = 3;

    /// <summary>
    /// Null when PolicyDecision could not be asked, or nobody has shown whose the case is: a score of the rest would look harmless.
    /// </summary>
    public static (int Score, IReadOnlyList<ScoreReason> Reasons)? Of(CaseEvidence evidence)
    {
        if (evidence is not { Decisions: { } known, Frequency: { } frequency })
        {
            return null;
        }

        PatientRelation relation = known.Relation;
        ScoreReason[] reasons =
        [
            .. When(relation is { CareTeam: false, Referral: false, Order: false }, "no_relation", 25,
                "The person is not in the patient's care team, the patient was not referred to them, and they asked for no study."),
            .. When(relation.Self, "own_record", 40, "The patient is the person: these are their own images."),
            .. When(relation.Family, "family", 40, "The patient is a relative of the person."),
            .. When(relation.Staff, "colleague", 25, "The patient works here."),
            .. When(evidence.Opened!.Any(one => one.Vip == true), "vip", 15, "A study that is labelled vip was opened."),
            .. When(known.WorkingHours == false, OffShift, 10, "It was outside of the working hours of every site where the person works."),
            .. When(known.DeniedBefore.Count > 0, "denied_before", 15,
                "The person had been denied this patient's images in the ten minutes before."),
            .. When(frequency.OfPerson >= OftenFrom && frequency.OfPerson > 2 * frequency.OfPeers, "more_than_peers", 20,
                $"It is the person's number {frequency.OfPerson} in 30 days, more than twice as many as their peers took."),
            .. When(frequency.PeopleOfPatient >= CrowdFrom, "many_people", 20,
                $"{frequency.PeopleOfPatient} people took emergency access to this patient within 24 hours."),
        ];
        return (Math.Min(Most, reasons.Sum(reason => reason.Weight)), reasons);
    }

    private static IEnumerable<ScoreReason> When(bool holds, string code, int weight, string sentence) =>
        holds ? [new ScoreReason(code, weight, sentence)] : [];
}
