using System.Globalization;
using System.Text.RegularExpressions;

namespace AccessGov.Audit.Ingest;

/// <summary>When something happened, as others write it (RFC 3339, xsd:dateTime).</summary>
internal static partial class EventTime
{
    /// <summary>Audit trails begin with computers that have one; an older time is a clock that was never set.</summary>
    private static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan AheadMax = TimeSpan.FromDays(1);

    /// <summary>Reads a time; digits below 100 ns are cut off.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="otherwise">The offset of a time that is written without one; null: it is not understood then.</param>
    public static DateTimeOffset? Of(string? text, TimeSpan? otherwise = null)
    {
        if (text is not { Length: <= 64 } || Form().Match(text.Trim()) is not { Success: true } match)
        {
            return null;
        }

        string zone = match.Groups["zone"].Value;
        if (zone.Length == 0 && otherwise is null)
        {
            return null;
        }

        string offset = zone.Length > 0 ? zone : $"{(otherwise < TimeSpan.Zero ? '-' : '+')}{otherwise:hh\\:mm}";
        return DateTimeOffset.TryParseExact(
            match.Groups["time"].Value + offset, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.None,
            out DateTimeOffset at)
            ? at
            : null;
    }

    /// <summary>Whether it can have happened then.</summary>
    public static bool IsPlausible(DateTimeOffset at, DateTimeOffset now) => at >= Earliest && at <= now + AheadMax;

    [GeneratedRegex(
        @"^(?<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?)[0-9]*(?<zone>Z|[+-][0-9]{2}:[0-9]{2})?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
