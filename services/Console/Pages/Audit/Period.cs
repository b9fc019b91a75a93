using AccessGov.Console.Services;
using Microsoft.AspNetCore.Http;

namespace AccessGov.Console.Pages.Audit;

/// <summary>From when to when, by the clocks of a zone, as a page's address says it.</summary>
internal sealed class Period
{
    public string? From { get; set; }

    public string? To { get; set; }

    public string? Zone { get; set; }

    /// <summary>The clocks by which the page tells the time; those of UTC where the zone is none.</summary>
    public ZonedClock Clock => ZonedClock.Of(Zone) ?? ZonedClock.Utc;

    /// <summary>What is wrong with it before anybody is asked.</summary>
    public Refusal? Problem => ZonedClock.Of(Zone) is null
        ? new Refusal(StatusCodes.Status400BadRequest, "zone_unknown", $"“{Zone}” is no zone whose clocks are known here.", [])
        : null;

    /// <summary>The same in the address of another page; null where nothing was said.</summary>
    public (string Name, string? Value)[] Said => [("From", From), ("To", To), ("Zone", Zone)];

    /// <summary>As the service is asked.</summary>
    public (string Name, string? Value)[] Asked => [("from", Clock.Instant(From)), ("to", Clock.Instant(To))];
}
