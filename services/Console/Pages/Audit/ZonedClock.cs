using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace AccessGov.Console.Pages.Audit;

/// <summary>The clocks of a place: times are read and written as they show them, always with the zone.</summary>
internal sealed record ZonedClock(TimeZoneInfo Zone)
{
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];

    public static ZonedClock Utc { get; } = new(TimeZoneInfo.Utc);

    /// <summary>The clocks of a zone of the IANA data base; null when there is no such zone.</summary>
    public static ZonedClock? Of(string? zone) => string.IsNullOrWhiteSpace(zone) || zone.Trim() == "UTC" ? Utc
        : TimeZoneInfo.TryFindSystemTimeZoneById(zone.Trim(), out TimeZoneInfo? found) && found.HasIanaId ? new ZonedClock(found)
        : null;

    public string Name => Zone.Equals(TimeZoneInfo.Utc) ? "UTC" : Zone.Id;

    /// <summary>What a browser sends for a time of this zone, as an instant; what is none is left as it is, to be refused.</summary>
    public string? Instant(string? given) =>
        DateTime.TryParseExact(given, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local)
            ? new DateTimeOffset(local, Zone.GetUtcOffset(local)).UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : given;

    public DateTimeOffset At(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone);

    /// <summary>An instant to the second, with the offset of the zone then.</summary>
    public string Written(DateTimeOffset instant) => At(instant).ToString(
        Zone.Equals(TimeZoneInfo.Utc) ? "yyyy-MM-dd HH:mm:ss 'UTC'" : "yyyy-MM-dd HH:mm:ss 'UTC'zzz", CultureInfo.InvariantCulture);

    public IHtmlContent Time(DateTimeOffset instant) => new HtmlString(
        $"<time datetime=\"{instant.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\">{HtmlEncoder.Default.Encode(Written(instant))}</time>");
}
