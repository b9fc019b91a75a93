namespace AccessGov.Recertification.Campaigns;

/// <summary>When the next campaign of a series is: so many months later by the clocks and the calendar of its site. Pure.</summary>
internal static class CampaignCalendar
{
    private const int QuarterMonths = 3;
    private const int HalfYearMonths = 6;

    /// <summary>How many months are between two campaigns of a kind; null for one that is held once.</summary>
    public static int? MonthsOf(CampaignKind kind) => kind switch
    {
        CampaignKind.Quarterly => QuarterMonths,
        CampaignKind.SixMonthly => HalfYearMonths,
        CampaignKind.AdHoc or CampaignKind.Mover or CampaignKind.Returner => null,
        _ => throw new InvalidOperationException($"{kind} is not a known kind of campaign."),
    };

    /// <summary>What follows a campaign; null when it is held once.</summary>
    public static CampaignTerms? After(CampaignTerms terms)
    {
        if (terms.Series is not { } series || MonthsOf(terms.Kind) is not { } months)
        {
            return null;
        }

        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(terms.Zone);
        DateTime starts = TimeZoneInfo.ConvertTime(series.First, zone).DateTime.AddMonths(months * (series.Number + 1));
        TimeSpan lasts = TimeZoneInfo.ConvertTime(terms.Deadline, zone).DateTime - TimeZoneInfo.ConvertTime(terms.Starts, zone).DateTime;
        return terms with
        {
            Starts = InstantOf(starts, zone), Deadline = InstantOf(starts + lasts, zone), Series = series with { Number = series.Number + 1 },
        };
    }

    /// <summary>Where the clocks are put forward over the time, it is when they have been; where they show it twice, the first time.</summary>
    private static DateTimeOffset InstantOf(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
        {
            return new DateTimeOffset(local, zone.GetUtcOffset(local.AddDays(-1)));
        }

        TimeSpan offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset);
    }
}
