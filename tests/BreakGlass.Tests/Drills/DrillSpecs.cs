using AccessGov.BreakGlass.Alerts;
using AccessGov.BreakGlass.Drills;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.Drills;

/// <summary>When a hospital is reminded to practise.</summary>
public sealed class DrillSpecs
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);
    private static readonly EmergencyDrillsWatched Watched = new(Spec.Now);
    private static readonly EmergencyDrillDue Due = new(null, Spec.Now + Year);
    private static readonly EmergencyDrillReminderDelivered Delivered = new(Guid.Empty, "compliance", "mail", Spec.Now + Year);

    [Fact]
    public void The_first_drill_is_due_a_year_after_the_beginning()
    {
        Look(Given(), 0, null).Then(Watched);
        Look(Given(Watched), 364.99, null).ThenNothing();
        Look(Given(Watched), 365, null).Then(Due);
    }

    [Fact]
    public void A_drill_puts_it_off_for_a_year()
    {
        Look(Given(Watched), 400, Spec.Now.AddDays(100)).ThenNothing();
        Look(Given(Watched), 465, Spec.Now.AddDays(100)).Then(new EmergencyDrillDue(Spec.Now.AddDays(100), Spec.Now.AddDays(465)));

        // One from before the beginning, of cases that were brought along, does not bring it forward.
        Look(Given(Watched), 364.99, Spec.Now.AddDays(-300)).ThenNothing();
    }

    [Fact]
    public void It_is_said_once_a_month_until_somebody_practises()
    {
        Look(Given(Watched, Due), 394.99, null).ThenNothing();
        Look(Given(Watched, Due), 395, null).Then(new EmergencyDrillDue(null, Spec.Now.AddDays(395)));
        Look(Given(Watched, Due), 1000, Spec.Now.AddDays(990)).ThenNothing();
    }

    [Fact]
    public void What_became_of_a_reminder_is_said_once()
    {
        Given(Watched, Due).When(state => DrillReminder.Decide(state, Delivered)).Then(Delivered);
        Given(Watched, Due, Delivered).When(state => DrillReminder.Decide(state, Delivered)).ThenNothing();
        var failed = new EmergencyDrillReminderFailed(Guid.Empty, "compliance", "mail", "too_slow", Spec.Now);
        Given(Watched, Due, Delivered).When(state => DrillReminder.Decide(state, failed)).Then(failed);
        Given().When(state => DrillReminder.Decide(state, Delivered)).ThenRefused("emergency_access_unknown", 404);
    }

    [Fact]
    public void It_concerns_compliance_and_names_nobody()
    {
        DueAlerts.AudiencesOf(Due, new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal), "reviewer")
            .ShouldBe([("drill_due", "compliance")]);
        var alert = new Alert(Guid.Empty, "", "drill_due", "compliance", false, "", "", Spec.Now, Spec.Now, ["soc-mail"]);
        alert.Subject.ShouldBe("Emergency access is to be practised");
        alert.Text(new Uri("https://console.test/")).ShouldContain("https://console.test/emergency-access/new");
        alert.Text(null).ShouldContain("soc-mail failed");
    }

    private static GivenStream<DrillWatch, DrillEvent> Given(params DrillEvent[] events) => Spec.Given(DrillWatch.Streams, events);

    private static Decided<DrillEvent> Look(GivenStream<DrillWatch, DrillEvent> given, double days, DateTimeOffset? lastDrill) =>
        given.When(state => RemindOfDrill.Decide(state, lastDrill, Year, Spec.Now.AddDays(days)));
}
