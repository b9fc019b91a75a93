using System.Globalization;

namespace AccessGov.Console.Pages.Audit;

/// <summary>Who did something when, as a picture: a lane for each person, a sign for each deed.</summary>
internal sealed record Lanes(IReadOnlyList<Lanes.Lane> All, DateTimeOffset From, DateTimeOffset To, int Entries, int People)
{
    private const int LanesMax = 12;
    private const int NameLengthMax = 36;
    private const double Steps = 400;

    /// <param name="Name">Whose it is.</param>
    public sealed record Lane(string Name, IReadOnlyList<Sign> Signs);

    /// <param name="Place">How far along the lane, in percent.</param>
    /// <param name="Emergency">A triangle; else a circle.</param>
    /// <param name="Succeeded">Filled; else hollow.</param>
    public sealed record Sign(string Place, bool Emergency, bool Succeeded);

    /// <summary>The lanes of entries, whoever has most first; those for whom there is no room share one.</summary>
    public static Lanes? Of(IReadOnlyList<AuditTrail.Entry> entries)
    {
        if (entries.Count == 0)
        {
            return null;
        }

        (DateTimeOffset from, DateTimeOffset to) = (entries.Min(entry => entry.At), entries.Max(entry => entry.At));
        IGrouping<string, AuditTrail.Entry>[] people =
        [
            .. entries.GroupBy(entry => entry.Actor ?? "nobody in particular", StringComparer.Ordinal)
                .OrderByDescending(person => person.Count()).ThenBy(person => person.Key, StringComparer.Ordinal),
        ];
        int shown = people.Length > LanesMax ? LanesMax - 1 : people.Length;
        var lanes = people.Take(shown).Select(person => new Lane(Short(person.Key), SignsOf(person, from, to))).ToList();
        if (people.Length > shown)
        {
            lanes.Add(new Lane($"{people.Length - shown} others", SignsOf(people.Skip(shown).SelectMany(person => person), from, to)));
        }

        return new Lanes(lanes, from, to, entries.Count, people.Length);
    }

    private static Sign[] SignsOf(IEnumerable<AuditTrail.Entry> entries, DateTimeOffset from, DateTimeOffset to) =>
        // What stands on the same spot is one sign; what happened in an emergency lies on top.
        [.. entries.Select(entry => new Sign(PlaceOf(entry.At, from, to), entry.UnderEmergency, entry.Outcome == "success"))
            .Distinct().OrderBy(sign => sign.Emergency)];

    private static string PlaceOf(DateTimeOffset at, DateTimeOffset from, DateTimeOffset to)
    {
        double along = to == from ? 0.5 : Math.Round(Steps * (at - from).Ticks / (to - from).Ticks) / Steps;
        return (2 + (96 * along)).ToString("0.##", CultureInfo.InvariantCulture);
    }

    private static string Short(string name) => name.Length <= NameLengthMax ? name : $"{name[..(NameLengthMax - 1)]}…";
}
