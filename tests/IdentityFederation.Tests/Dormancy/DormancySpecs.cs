using AccessGov.IdentityFederation.Dormancy;
using AccessGov.IdentityFederation.People;
using static AccessGov.IdentityFederation.Tests.Spec;

namespace AccessGov.IdentityFederation.Tests.Dormancy;

public sealed class DormancySpecs
{
    private static readonly TimeSpan Warn = TimeSpan.FromDays(76);
    private static readonly TimeSpan Lock = TimeSpan.FromDays(90);
    private static readonly PersonEvent Provisioned = new PersonProvisioned("hospital", new PersonProfile("ada"), Active: true, "console");
    private static readonly PersonEvent Locked = new PersonLocked(LockDormant.Dormant, Now.AddDays(-90));

    [Fact]
    public void Whether_the_warning_could_be_mailed_is_said_of_whoever_is_still_here()
    {
        Given(Person.Streams, Provisioned).When(state => MailWarnings.Decide(state, null, Now)).Then(new PersonWarningMailed(Now));
        Given(Person.Streams, Provisioned).When(state => MailWarnings.Decide(state, "no_address", Now))
            .Then(new PersonWarningNotMailed("no_address", Now));
        Given(Person.Streams, Provisioned, new PersonDeprovisioned("left", "scim"))
            .When(state => MailWarnings.Decide(state, null, Now)).ThenNothing();
    }

    [Fact]
    public void Whoever_was_here_a_moment_ago_is_left_alone() =>
        Given(Person.Streams, Provisioned).When(state => Decide(state, daysAgo: 75.9)).ThenNothing();

    [Fact]
    public void Whoever_was_away_for_76_days_is_warned_once() =>
        Given(Person.Streams, Provisioned).When(state => Decide(state, daysAgo: 76))
            .Then(new PersonWarnedOfLock(Now.AddDays(-76), Now.AddDays(14), Now));

    [Fact]
    public void And_no_more_until_they_came_back_and_stayed_away_again()
    {
        PersonEvent warned = new PersonWarnedOfLock(Now.AddDays(-78), Now.AddDays(12), Now.AddDays(-2));
        Given(Person.Streams, Provisioned, warned).When(state => Decide(state, daysAgo: 78)).ThenNothing();
        PersonEvent longAgo = new PersonWarnedOfLock(Now.AddDays(-200), Now.AddDays(-110), Now.AddDays(-124));
        Given(Person.Streams, Provisioned, longAgo).When(state => Decide(state, daysAgo: 77))
            .Then(new PersonWarnedOfLock(Now.AddDays(-77), Now.AddDays(14), Now));
    }

    [Fact]
    [Trait("Requirement", "S10")]
    public void Whoever_was_away_for_90_days_is_locked_once()
    {
        Given(Person.Streams, Provisioned, Warned(14)).When(state => Decide(state, daysAgo: 90)).Then(new PersonLocked("dormant", Now.AddDays(-90)));
        Given(Person.Streams, Provisioned, Warned(14), Locked).When(state => Decide(state, daysAgo: 91)).ThenNothing();
    }

    [Fact]
    public void Nobody_is_locked_who_was_not_warned_in_time()
    {
        Given(Person.Streams, Provisioned).When(state => Decide(state, daysAgo: 400)).Then(new PersonWarnedOfLock(Now.AddDays(-400), Now.AddDays(14), Now));
        Given(Person.Streams, Provisioned, Warned(13)).When(state => Decide(state, daysAgo: 400)).ThenNothing();
    }

    [Fact]
    public void Whoever_may_not_sign_in_anyway_or_is_gone_is_left_alone()
    {
        Given(Person.Streams, Provisioned, new PersonSuspended("alert")).When(state => Decide(state, daysAgo: 100)).ThenNothing();
        Given(Person.Streams, Provisioned, new PersonDeactivated("leave", "scim")).When(state => Decide(state, daysAgo: 100)).ThenNothing();
        Given(Person.Streams, Provisioned, new PersonDeprovisioned("left", "scim")).When(state => Decide(state, daysAgo: 100))
            .ThenNothing();
    }

    [Fact]
    public void A_locked_person_is_unlocked_by_somebody_else_with_a_reason()
    {
        Given(Person.Streams, Provisioned, Locked).When(state => Unlock(state, by: "grace"))
            .Then(new PersonUnlocked("Back from leave.", Now));
        Given(Person.Streams, Provisioned).When(state => Unlock(state, by: "grace")).ThenNothing();
        Given(Person.Streams, Provisioned, Locked).When(state => Unlock(state, by: "ada")).ThenRefused("self_unlock", 409);
        Given(Person.Streams, Provisioned, Locked).When(state => Unlock(state, by: "grace", reason: " "))
            .ThenRefused("reason_required", 400);
        Given(Person.Streams).When(state => Unlock(state, by: "grace")).ThenRefused("person_unknown", 404);
        Given(Person.Streams, Provisioned, new PersonDeprovisioned("left", "scim")).When(state => Unlock(state, by: "grace"))
            .ThenRefused("person_gone", 409);
    }

    [Fact]
    public void Locked_is_let_out() =>
        ((Person.Provisioned)Given(Person.Streams, Provisioned, Locked).State).MaySignIn.ShouldBeFalse();

    private static PersonWarnedOfLock Warned(int daysAgo) => new(Now.AddDays(-400), Now.AddDays(14 - daysAgo), Now.AddDays(-daysAgo));

    private static EventSourcing.Outcome<PersonEvent> Decide(Person state, double daysAgo) =>
        LockDormant.Decide(state, Now.AddDays(-daysAgo), Now, Warn, Lock);

    private static EventSourcing.Outcome<PersonEvent> Unlock(Person state, string by, string reason = "Back from leave.") =>
        UnlockPerson.Decide(state, "ada", reason, by, Now);
}
