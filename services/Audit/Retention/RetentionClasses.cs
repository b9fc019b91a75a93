using AccessGov.Audit.Ingest;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Retention;

/// <summary>
/// How long what is kept. An event belongs to the class that takes it; of several to the one that keeps it longest. Thread-safe.
/// </summary>
internal sealed class RetentionClasses
{
    /// <summary>The class of whatever no other takes.</summary>
    public const string Rest = "access";

    private static readonly RetentionClass DefaultRest = new(
        Rest, "45 CFR 164.316(b)(2)(i): six years", RetentionOptions.YearsMin, 0, null, [], [], []);

    private readonly RetentionClass[] longestFirst;
    private readonly RetentionClass rest;

    public RetentionClasses(IOptions<RetentionOptions> options)
    {
        RetentionClass[] given = [.. options.Value.Classes.Select(pair => new RetentionClass(
            pair.Key, pair.Value.Basis, pair.Value.KeepYears, pair.Value.KeepDays, pair.Value.Shorter,
            [.. pair.Value.Kinds], [.. pair.Value.Actions], [.. pair.Value.Services]))];
        rest = given.FirstOrDefault(one => one.Name == Rest) ?? DefaultRest;
        longestFirst = [.. given.Where(one => one.Name != Rest).OrderByDescending(one => one.ExpiresAt(2000))
            .ThenBy(one => one.Name, StringComparer.Ordinal)];
    }

    public IEnumerable<RetentionClass> All => [rest, .. longestFirst];

    /// <summary>The class of an event.</summary>
    public RetentionClass Of(string source, AuditRecord record)
    {
        string service = record.Service ?? source;
        foreach (RetentionClass one in longestFirst)
        {
            if (one.Takes(record.Kind, record.Action, service))
            {
                return one;
            }
        }

        return rest;
    }

    /// <summary>The class of that name; null when the configuration does not have it (any more): what is in it does not expire.</summary>
    public RetentionClass? Find(string name) => All.FirstOrDefault(one => one.Name == name);

    /// <summary>When the keys of a class and year expire; never where the class is not known.</summary>
    public DateTimeOffset ExpiresAt(string name, int year) => Find(name)?.ExpiresAt(year) ?? DateTimeOffset.MaxValue;
}

/// <summary>What belongs together, how long it is kept after the end of the year in which it was taken in, and by which law.</summary>
internal sealed record RetentionClass(
    string Name, string Basis, int KeepYears, int KeepDays, string? Shorter,
    IReadOnlyList<string> Kinds, IReadOnlyList<string> Actions, IReadOnlyList<string> Services)
{
    public bool Takes(string kind, string action, string service) =>
        Matches(Kinds, kind) && Matches(Actions, action) && Matches(Services, service);

    /// <summary>From this moment on the keys of a year may be shredded.</summary>
    public DateTimeOffset ExpiresAt(int year) => new DateTimeOffset(year + 1, 1, 1, 0, 0, 0, TimeSpan.Zero).AddYears(KeepYears)
        .AddDays(KeepDays);

    private static bool Matches(IReadOnlyList<string> rule, string value) => rule.Count == 0
        || rule.Contains(value, StringComparer.Ordinal);
}
