using AccessGov.Console.Pages.EmergencyAccess;
using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>What justified cases have in common; drills are left out.</summary>
/// <param name="CasesMin">From how many cases on something is proposed.</param>
internal sealed record EmergencyLessons(
    DateTimeOffset From, DateTimeOffset To, int CasesMin, IReadOnlyList<EmergencyLessons.Lesson> Lessons)
{
    public long Cases => Lessons.Sum(lesson => lesson.Cases);

    /// <summary>The reasons of all cases, the most frequent first.</summary>
    public IEnumerable<(string Code, long Cases)> Reasons => Lessons.SelectMany(lesson => lesson.Reasons)
        .GroupBy(reason => reason.ReasonCode, reason => reason.Cases, StringComparer.Ordinal)
        .Select(group => (group.Key, group.Sum())).OrderByDescending(reason => reason.Item2).ThenBy(reason => reason.Key, StringComparer.Ordinal);

    /// <param name="OffShift">How many of the cases were outside of working hours.</param>
    /// <param name="Department">Null where it is not known, or they are of several.</param>
    /// <param name="Proposal">Null for too few cases.</param>
    public sealed record Lesson(
        string Role, long Cases, int People, long OffShift, IReadOnlyList<Reason> Reasons, string? Department = null, Draft? Proposal = null)
    {
        public string InWords => $"{Role}, {Department ?? "department not known"}";

        /// <summary>The form that gives somebody the role where it was lacking, filled in; a person decides whom, and sends it.</summary>
        public string GrantLink => "/grants/new" + Query.Of(
            ("role", Role), ("kind", "department"), ("where", Department), ("readOnly", "true"),
            ("reason", $"Learnt from {Shown.Count(Cases, "justified emergency", "justified emergencies")} of {Shown.Count(People, "person", "people")}."));

        public string ReasonsInWords => string.Join(
            "; ", Reasons.Select(reason => $"{EmergencyInWords.OfReason(reason.ReasonCode)} {Shown.Number(reason.Cases)}"));

        /// <summary>What the proposal would permit.</summary>
        public string ProposalInWords => $"Holders of the role {Role} may find, view and retrieve the studies of the department {Department}"
            + $"{(OffShift == Cases ? " outside of working hours" : "")}, without taking emergency access.";
    }

    public sealed record Reason(string ReasonCode, long Cases);

    /// <param name="File">The name of the file that it would be in the policy set.</param>
    /// <param name="Text">The policy.</param>
    public sealed record Draft(string Kind, string File, string Text);

    /// <summary>A draft that was written.</summary>
    public sealed record Written(string Id, string PolicySet);
}
