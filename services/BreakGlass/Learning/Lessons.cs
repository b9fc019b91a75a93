using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AccessGov.BreakGlass.Evidence;

namespace AccessGov.BreakGlass.Learning;

/// <summary>What can be learnt from justified cases: pure functions of their counts.</summary>
internal static class Lessons
{
    public const string PolicyDraft = "policy_draft";
    private const int NameLengthMax = 100;

    /// <param name="cases">The justified cases of the time, by role, department and reason code.</param>
    /// <param name="casesMin">From how many cases on something is proposed.</param>
    /// <param name="from">From when.</param>
    /// <param name="to">Until when.</param>
    public static IReadOnlyList<Lesson> Of(IEnumerable<JustifiedCases> cases, int casesMin, DateTimeOffset from, DateTimeOffset to) =>
    [
        .. cases.GroupBy(one => (one.Role, one.Department))
            .Select(group => Of(group.Key.Role, group.Key.Department, [.. group], casesMin, from, to))
            .OrderByDescending(lesson => lesson.Cases).ThenBy(lesson => lesson.Role, StringComparer.Ordinal)
            .ThenBy(lesson => lesson.Department, StringComparer.Ordinal),
    ];

    private static Lesson Of(string role, string? department, JustifiedCases[] cases, int casesMin, DateTimeOffset from, DateTimeOffset to)
    {
        var lesson = new Lesson(
            role, department, cases.Sum(one => one.Cases), cases.SelectMany(one => one.People).Distinct(StringComparer.Ordinal).Count(),
            cases.Sum(one => one.OffShift),
            [.. cases.Select(one => new Lesson.Reason(one.ReasonCode, one.Cases)).OrderByDescending(one => one.Cases)], null);

        // Both stand in the text as they are: what is no id of ours is proposed by nobody.
        return lesson.Cases >= casesMin && Identifiers.IsOwn(role) && department is not null && Identifiers.IsOwn(department)
            ? lesson with
            {
                Proposal = new Lesson.Draft(PolicyDraft, $"{NameOf(role, department)}.cedar", TextOf(lesson, department, from, to)),
            }
            : lesson;
    }

    /// <summary>The name of the policy and of its file.</summary>
    private static string NameOf(string role, string department) => $"lesson-{role}-{department}" is { Length: <= NameLengthMax } name
        ? name
        : $"lesson-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{role}/{department}")))[..32]}";

    /// <summary>Narrow: one role, one department, reading, and where all emergencies were outside of working hours only then.</summary>
    private static string TextOf(Lesson lesson, string department, DateTimeOffset from, DateTimeOffset to)
    {
        bool offShift = lesson.OffShift == lesson.Cases;
        string when = offShift ? " outside of working hours" : "";
        string reasons = string.Join(", ", lesson.Reasons.Select(reason => $"{reason.ReasonCode} {reason.Cases}"));
        string people = lesson.People == 1 ? "one person" : $"{lesson.People} people";
        string days = string.Create(CultureInfo.InvariantCulture, $"{from.UtcDateTime:yyyy-MM-dd} and {to.UtcDateTime:yyyy-MM-dd}");
        string unless = offShift ? " &&\n  !context.workingHours" : "";
        return $$"""
            // Learnt from emergencies between {{days}}: {{people}} took emergency access {{lesson.Cases}} times
            // as holders of the role {{lesson.Role}}, to images of the department {{department}} ({{reasons}}).
            // Each of these was judged to be justified.
            //
            // It lets holders of the role read studies of the department{{when}}, and nothing else; what forbids stays forbidden.
            // A grant of the role that covers the department is needed all the same: where people have none, give them that instead.

            @id("{{NameOf(lesson.Role, department)}}")
            @reason("The role {{lesson.Role}} may read studies of this department{{when}}: emergencies have shown that it needs them.")
            permit (
              principal is User in Reader::"{{lesson.Role}}",
              action in [Action::"study.search", Action::"study.view", Action::"study.read-metadata", Action::"study.retrieve"],
              resource is Study
            ) when {
              resource has department && resource.department == Department::"{{department}}"{{unless}}
            };

            """.ReplaceLineEndings("\n");
    }
}
