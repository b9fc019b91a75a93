namespace AccessGov.Recertification.Reviews;

/// <summary>What the rule of reviewers knows of somebody.</summary>
/// <param name="Id">The id that grants have.</param>
/// <param name="Department">Where they work; null when that is not known.</param>
/// <param name="Manager">The id of their manager; null when nobody is known as that.</param>
internal sealed record Colleague(string Id, string? Department, string? Manager);

/// <summary>Who judges in the hospital, besides managers.</summary>
/// <param name="Heads">The head of each department.</param>
/// <param name="Administrators">The PACS administrators.</param>
/// <param name="Deputies">Who judges for somebody who is away.</param>
internal sealed record ReviewerTable(
    IReadOnlyDictionary<string, string> Heads, IReadOnlyList<string> Administrators, IReadOnlyDictionary<string, string> Deputies);

/// <summary>Who judges an item.</summary>
/// <param name="Reviewer">The first; null when there is nobody who may.</param>
/// <param name="Second">Who judges after the first; null when one is enough, or nobody else may.</param>
/// <param name="Next">Who is asked when it is not theirs to judge, one after the other.</param>
internal sealed record Assignment(string? Reviewer, string? Second, IReadOnlyList<string> Next);

/// <summary>
/// The manager, else the department's head, else a PACS administrator; in place of somebody who is away, their deputy; never the person
/// themselves. Pure.
/// </summary>
internal static class ReviewerRule
{
    /// <param name="person">Whose access it is.</param>
    /// <param name="table">Who judges in the hospital.</param>
    /// <param name="present">Those of all who may come into question who are here and work.</param>
    /// <param name="fourEyes">Whether the risk asks for a second reviewer.</param>
    /// <param name="twoStages">Whether a PACS administrator judges after the first reviewer.</param>
    public static Assignment Of(
        Colleague person, ReviewerTable table, IReadOnlySet<string> present, bool fourEyes, bool twoStages)
    {
        string[] administrators = [.. Judges(table.Administrators, person, table, present)];
        string?[] superiors = [person.Manager, person.Department is null ? null : table.Heads.GetValueOrDefault(person.Department)];
        string[] chain = [.. Judges(superiors.OfType<string>(), person, table, present).Concat(administrators).Distinct(StringComparer.Ordinal)];
        if (chain.Length == 0)
        {
            return new Assignment(null, null, []);
        }

        string? second = twoStages ? administrators.FirstOrDefault(one => one != chain[0])
            : fourEyes ? chain.ElementAtOrDefault(1)
            : null;
        return new Assignment(chain[0], second, [.. chain.Skip(1).Where(one => one != second)]);
    }

    /// <summary>All who may be asked about somebody: whether they are here must be known.</summary>
    public static IEnumerable<string> Candidates(Colleague person, ReviewerTable table)
    {
        string?[] superiors = [person.Manager, person.Department is null ? null : table.Heads.GetValueOrDefault(person.Department)];
        string[] asked = [.. superiors.OfType<string>(), .. table.Administrators];
        return asked.Concat(asked.Select(one => table.Deputies.GetValueOrDefault(one)).OfType<string>());
    }

    private static IEnumerable<string> Judges(
        IEnumerable<string> candidates, Colleague person, ReviewerTable table, IReadOnlySet<string> present) => candidates
        .Select(one => present.Contains(one) ? one : table.Deputies.GetValueOrDefault(one))
        .OfType<string>()
        .Where(one => one != person.Id && present.Contains(one));
}
