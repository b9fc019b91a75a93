using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AccessGov.Console.Pages.Health;

/// <summary>The figures of a health check, for people: names of words, numbers with their unit.</summary>
internal static partial class Figures
{
    /// <summary>The figures that say how long ago something went on, or when.</summary>
    private static readonly string[] OfProgress = ["age_seconds", "lastCommitAgeSeconds", "feedLastSuccess"];

    /// <summary>A worker, with what it says and when it last worked.</summary>
    public sealed record Worker(string Name, string State, DateTimeOffset? WorkedAt);

    /// <summary>When the work that a check looks at last went on; null where it does not say.</summary>
    public static DateTimeOffset? ProgressOf(ServiceHealth.Check check, DateTimeOffset askedAt) => OfProgress
        .Select(name => check.Data.TryGetValue(name, out JsonElement told) ? InstantOf(told, askedAt) : null)
        .FirstOrDefault(instant => instant is not null);

    public static IEnumerable<Worker> WorkersOf(ServiceHealth.Check check, DateTimeOffset askedAt) => check.Data
        .Where(told => !told.Key.EndsWith(WorkedAgo, StringComparison.Ordinal))
        .Select(told => new Worker(
            told.Key, told.Value.ToString(),
            check.Data.TryGetValue($"{told.Key}{WorkedAgo}", out JsonElement ago) ? InstantOf(ago, askedAt) : null));

    /// <summary>How many messages of all queues are dead, and how many wait behind them.</summary>
    public static (long Dead, long Behind) DeadLettersOf(ServiceHealth.Check check) => (SumOf(check, ".dead"), SumOf(check, ".blocked"));

    public static string NameOf(string figure)
    {
        string words = Capital().Replace(figure, " $0").Replace('_', ' ').Replace('.', ' ').ToLowerInvariant();
        return words.EndsWith(" seconds", StringComparison.Ordinal) ? words[..^" seconds".Length] : words;
    }

    public static string ValueOf(string figure, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when figure.EndsWith("seconds", StringComparison.OrdinalIgnoreCase) =>
            value.GetDouble() < 0 ? "not known yet" : $"{value.GetDouble().ToString("#,0.###", CultureInfo.InvariantCulture)} s",
        JsonValueKind.Number => value.TryGetInt64(out long whole) ? Shown.Number(whole) : value.GetRawText(),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Object => string.Join(
            ", ", value.EnumerateObject().Select(one => $"{one.Name}: {ValueOf(one.Name, one.Value)}").DefaultIfEmpty("none")),
        JsonValueKind.String when value.TryGetDateTimeOffset(out DateTimeOffset instant) => $"{instant.UtcDateTime:yyyy-MM-dd HH:mm} UTC",
        _ => value.ToString().Replace('_', ' '),
    };

    private const string WorkedAgo = ".worked_seconds_ago";

    private static DateTimeOffset? InstantOf(JsonElement told, DateTimeOffset askedAt) =>
        told.ValueKind == JsonValueKind.Number && told.TryGetDouble(out double seconds)
            ? seconds is >= 0 and < 1e9 ? askedAt.AddSeconds(-seconds) : null
        : told.ValueKind == JsonValueKind.String && told.TryGetDateTimeOffset(out DateTimeOffset instant) ? instant
        : null;

    private static long SumOf(ServiceHealth.Check check, string ending) => check.Data
        .Where(told => told.Key.EndsWith(ending, StringComparison.Ordinal) && told.Value.ValueKind == JsonValueKind.Number)
        .Sum(told => told.Value.TryGetInt64(out long number) ? number : 0);

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Capital();
}
