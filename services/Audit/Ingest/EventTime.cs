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
        // Nearly every time is written like this.
        if (text is [.., 'Z'] or [.., '+' or '-', _, _, ':', _, _] && Parse(text) is { } plain)
        {
            return plain;
        }

        if (text is not { Length: <= 64 } || Form().Match(text.Trim()) is not { Success: true } match)
        {
            return null;
        }

        string zone = match.Groups["zone"].Value;
        return zone.Length > 0 ? Parse(match.Groups["time"].Value + zone)
            : otherwise is { } offset ? Parse($"{match.Groups["time"].Value}{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}")
            : null;
    }

    /// <summary>Whether it can have happened then.</summary>
    public static bool IsPlausible(DateTimeOffset at, DateTimeOffset now) => at >= Earliest && at <= now + AheadMax;

    private static DateTimeOffset? Parse(string text) =>
        DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset at)
            ? at
            : null;

    [GeneratedRegex(
        @"^(?<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?)[0-9]*(?<zone>Z|[+-][0-9]{2}:[0-9]{2})?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
