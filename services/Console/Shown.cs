using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace AccessGov.Console;

/// <summary>How values are written on pages.</summary>
internal static class Shown
{
    /// <summary>An instant with its zone.</summary>
    public static IHtmlContent Time(DateTimeOffset instant) => new HtmlString(
        $"<time datetime=\"{instant.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\">{instant.UtcDateTime:yyyy-MM-dd HH:mm} UTC</time>");

    /// <summary>An instant to the second, where a second decides.</summary>
    public static IHtmlContent Second(DateTimeOffset instant) => new HtmlString(
        $"<time datetime=\"{instant.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\">{instant.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC</time>");

    /// <summary>The same to the minute, or a dash.</summary>
    public static IHtmlContent Time(DateTimeOffset? instant) => instant is { } given ? Time(given) : new HtmlString("–");

    /// <summary>A day, as the calendar names it.</summary>
    public static IHtmlContent Day(DateOnly? day) => new HtmlString(
        day is { } given ? $"<time datetime=\"{given:yyyy-MM-dd}\">{given:yyyy-MM-dd}</time>" : "–");

    /// <summary>How long something lasts, in its two greatest units at most.</summary>
    public static string Duration(TimeSpan span) => string.Join(' ', new[]
        {
            (Number: span.Days, Unit: "day"), (Number: span.Hours, Unit: "hour"), (Number: span.Minutes, Unit: "minute"),
            (Number: span.Seconds, Unit: "second"),
        }
        .Where(part => part.Number > 0).Take(2).Select(part => Count(part.Number, part.Unit)).DefaultIfEmpty("0 seconds"));

    /// <summary>The beginning of a hash, which suffices to tell two apart; the whole one is its title.</summary>
    public static IHtmlContent Hash(string hash) => new HtmlString(
        $"<code title=\"{HtmlEncoder.Default.Encode(hash)}\">{HtmlEncoder.Default.Encode(hash[..Math.Min(12, hash.Length)])}</code>");

    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202F');

    /// <summary>One thing, or several things.</summary>
    public static string Count(long number, string one, string? several = null) =>
        $"{Number(number)} {(number == 1 ? one : several ?? $"{one}s")}";
}
