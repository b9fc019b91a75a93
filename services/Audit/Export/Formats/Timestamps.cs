using System.Globalization;

namespace AccessGov.Audit.Export.Formats;

/// <summary>Moments as all formats take them: UTC, microseconds, with the zone.</summary>
internal static class Timestamps
{
    public static string Of(DateTimeOffset moment) => moment.UtcDateTime.ToString(
        "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
