using AccessGov.BreakGlass.Alerts;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.Alerts;

/// <summary>An outage of a channel is said once, and its end.</summary>
public sealed class ChannelOutageSpecs
{
    private static readonly AlertChannelFailed Failed = new("mail", "too_slow", Spec.Now);
    private static readonly AlertChannelRecovered Recovered = new("mail", Spec.Now, Spec.Now.AddHours(1));
    private static readonly AlertChannelNoticeDelivered Delivered = new(Guid.Empty, "channel_failed", "security", "hook", Spec.Now);

    [Fact]
    public void The_first_failure_begins_an_outage() =>
        Given().When(state => ChannelOutages.Decide(state, "mail", "too_slow", Spec.Now)).Then(Failed);

    [Fact]
    public void A_further_failure_is_the_same_outage() =>
        Given(Failed).When(state => ChannelOutages.Decide(state, "mail", "refused", Spec.Now.AddHours(1))).ThenNothing();

    [Fact]
    public void What_it_takes_again_ends_the_outage() =>
        Given(Failed).When(state => ChannelOutages.Decide(state, "mail", null, Spec.Now.AddHours(1))).Then(Recovered);

    [Fact]
    public void What_works_goes_on_working()
    {
        Given().When(state => ChannelOutages.Decide(state, "mail", null, Spec.Now)).ThenNothing();
        Given(Failed, Recovered).When(state => ChannelOutages.Decide(state, "mail", null, Spec.Now.AddHours(2))).ThenNothing();
    }

    [Fact]
    public void One_that_goes_up_and_down_is_said_to_be_down_once_in_five_minutes()
    {
        DateTimeOffset up = Recovered.At;
        Given(Failed, Recovered).When(state => ChannelOutages.Decide(state, "mail", "refused", up.AddMinutes(4))).ThenNothing();
        Given(Failed, Recovered).When(state => ChannelOutages.Decide(state, "mail", "refused", up.AddMinutes(5)))
            .Then(new AlertChannelFailed("mail", "refused", up.AddMinutes(5)));
    }

    [Fact]
    public void What_became_of_a_notice_is_said_once()
    {
        Given(Failed).When(state => ChannelOutages.Decide(state, Delivered)).Then(Delivered);
        Given(Failed, Delivered).When(state => ChannelOutages.Decide(state, Delivered)).ThenNothing();
        Given(Failed, Delivered, Recovered).When(state => ChannelOutages.Decide(state, Delivered)).ThenNothing();
        var refused = new AlertChannelNoticeFailed(Guid.Empty, "channel_failed", "security", "hook", "refused", Spec.Now);
        Given(Failed, Delivered).When(state => ChannelOutages.Decide(state, refused)).Then(refused);
    }

    [Fact]
    public void It_says_which_channel_and_leads_to_the_health_of_all()
    {
        var alert = new Alert(
            Guid.Empty, "", "channel_failed", "security", false, "", "", Spec.Now, Spec.Now, [], Channel: "mail", Failure: "too_slow");
        alert.Subject.ShouldBe("Alerts do not get through by mail");
        alert.Text(new Uri("https://console.test/")).ShouldContain("since 2026-05-04 12:00:00 UTC (too_slow)");
        alert.Text(new Uri("https://console.test/")).ShouldContain("https://console.test/service-health");
        Alert again = alert with { Kind = "channel_recovered", Failure = null };
        again.Text(null).ShouldBe("Alerts get through by mail again since 2026-05-04 12:00:00 UTC.");
        SyslogAlert.MessageOf(alert).ShouldEndWith(
            " practice=\"false\" channel=\"mail\" failure=\"too_slow\"] Alerts do not get through by mail");
    }

    private static GivenStream<ChannelOutage, AlertChannelEvent> Given(params AlertChannelEvent[] events) =>
        Spec.Given(ChannelOutage.Streams, events);
}
