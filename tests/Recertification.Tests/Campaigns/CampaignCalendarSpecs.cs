using System.Globalization;
using AccessGov.Recertification.Campaigns;

namespace AccessGov.Recertification.Tests.Campaigns;

/// <summary>When the next campaign is, by the clocks on the wall of the site.</summary>
public sealed class CampaignCalendarSpecs
{
    [Theory]
    [InlineData(nameof(CampaignKind.Quarterly), "2026-01-12T08:00:00+01:00", "2026-04-12T08:00:00+02:00", "2026-04-26T17:00:00+02:00")]
    [InlineData(nameof(CampaignKind.SixMonthly), "2026-01-12T08:00:00+01:00", "2026-07-12T08:00:00+02:00", "2026-07-26T17:00:00+02:00")]
    [InlineData(nameof(CampaignKind.Quarterly), "2025-12-29T02:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-04-12T11:30:00+02:00")]
    [InlineData(nameof(CampaignKind.Quarterly), "2026-07-25T02:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-11-08T11:30:00+01:00")]
    public void The_next_one_begins_months_later_at_the_same_hour(string kind, string starts, string next, string deadline)
    {
        DateTimeOffset began = At(starts);
        DateTimeOffset ends = began.AddDays(14).AddHours(9);

        CampaignTerms after = CampaignCalendar.After(Terms(Enum.Parse<CampaignKind>(kind), began, ends, new CampaignSeries(began, 0))).ShouldNotBeNull();

        after.Starts.ShouldBe(At(next));
        after.Deadline.ShouldBe(At(deadline));
        after.Series.ShouldBe(new CampaignSeries(began, 1));
    }

    [Fact]
    public void The_last_of_a_month_stays_the_last_where_the_month_has_it()
    {
        DateTimeOffset first = At("2026-01-31T08:00:00+01:00");
        CampaignTerms terms = Terms(CampaignKind.Quarterly, first, first.AddDays(7), new CampaignSeries(first, 0));

        string[] days = [.. Enumerable.Range(0, 4).Select(_ =>
        {
            terms = CampaignCalendar.After(terms)!;
            return terms.Starts.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);
        })];

        days.ShouldBe(["04-30 08:00", "07-31 08:00", "10-31 08:00", "01-31 08:00"]);
    }

    [Fact]
    public void What_is_held_once_is_followed_by_nothing() =>
        CampaignCalendar.After(Terms(CampaignKind.Quarterly, Spec.Now, Spec.Now.AddDays(1), null)).ShouldBeNull();

    private static CampaignTerms Terms(CampaignKind kind, DateTimeOffset starts, DateTimeOffset deadline, CampaignSeries? series) =>
        new("Review", kind, new CampaignScope([], [], []), starts, deadline, "Europe/Vienna", false, series);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
