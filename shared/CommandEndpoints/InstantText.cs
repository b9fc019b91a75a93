using System.Globalization;

namespace AccessGov.CommandEndpoints;

/// <summary>
/// Instants in the text of a query, with their offset only: one without would be read in the time zone of this machine. In a URL the plus
/// of an offset is written %2B.
/// </summary>
public static class InstantText
{
    private static readonly string[] Forms =
        ["yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    /// <summary>The instant; null when it is none, like 2026-01-31T12:00:00Z or with another offset from UTC.</summary>
    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParseExact(
            text is [.. var local, 'Z'] ? $"{local}+00:00" : text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None,
            out DateTimeOffset instant)
            ? instant
            : null;
}
