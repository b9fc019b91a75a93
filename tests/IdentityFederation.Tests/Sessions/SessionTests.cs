using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using static AccessGov.IdentityFederation.Tests.Spec;

namespace AccessGov.IdentityFederation.Tests.Sessions;

public sealed class SessionTests
{
    private static readonly Proof Password = new(["pwd"], AuthenticationContexts.SingleFactor);
    private static readonly SessionStarted Started = new(
        "ada", Password, "key", new SessionDevice("192.0.2.7", Inside: false, null), new SessionBounds(TimeSpan.FromMinutes(15), Now.AddHours(8)), Now);

    [Fact]
    public void Security_ends_a_session_with_a_reason() =>
        Given(Session.Streams, Started).When(state => EndSession.Decide(state, SessionEnds.EndedBySecurity, "Stolen laptop.", Now))
            .Then(new SessionEnded("ada", SessionEnds.EndedBySecurity, "Stolen laptop.", Now));

    [Fact]
    public void Security_says_why() =>
        Given(Session.Streams, Started).When(state => EndSession.Decide(state, SessionEnds.EndedBySecurity, " ", Now)).ThenRefused("reason_required", 400);

    [Fact]
    public void Its_owner_ends_it_without_one() =>
        Given(Session.Streams, Started).When(state => EndSession.Decide(state, SessionEnds.EndedByOwner, null, Now, "ada"))
            .Then(new SessionEnded("ada", SessionEnds.EndedByOwner, null, Now));

    [Fact]
    public void Somebody_elses_session_does_not_exist() =>
        Given(Session.Streams, Started).When(state => EndSession.Decide(state, SessionEnds.EndedByOwner, null, Now, "bob")).ThenRefused("session_unknown", 404);

    [Fact]
    public void Nor_does_it_when_it_is_over() =>
        Given(Session.Streams, Started, new SessionEnded("ada", SessionEnds.Idle, null, Now))
            .When(state => EndSession.Decide(state, SessionEnds.EndedByOwner, null, Now, "bob")).ThenRefused("session_unknown", 404);

    [Fact]
    public void What_never_began_does_not_end() =>
        Given(Session.Streams).When(state => EndSession.Decide(state, SessionEnds.Expired, null, Now)).ThenRefused("session_unknown", 404);

    [Fact]
    public void It_ends_once() =>
        Given(Session.Streams, Started, new SessionEnded("ada", SessionEnds.Idle, null, Now))
            .When(state => EndSession.Decide(state, SessionEnds.Expired, null, Now)).ThenNothing();

    [Fact]
    public void A_second_sign_in_adds_to_the_first()
    {
        Proof both = SessionBeginning.Both(new(["hwk", "mfa", "phr"], AuthenticationContexts.PhishingResistant), Password);

        both.Context.ShouldBe(AuthenticationContexts.PhishingResistant);
        both.Methods.ShouldBe(["hwk", "mfa", "phr", "pwd"]);
        SessionBeginning.Both(Password, new(["otp", "mfa"], AuthenticationContexts.MultiFactor)).Context.ShouldBe(AuthenticationContexts.MultiFactor);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_session_that_began_in_the_moment_in_which_its_person_was_let_out_is_over(bool reinstated)
    {
        var sessions = new OpenSessions(new MovedClock()) { IsRead = true };
        string key = OpenSessions.NewKey();
        var started = Started with
        {
            KeySha256 = OpenSessions.HashOf(key), At = DateTimeOffset.UtcNow, Bounds = new(TimeSpan.FromMinutes(15), DateTimeOffset.UtcNow.AddHours(8)),
        };
        PersonEvent[] before = reinstated ? [new PersonSuspended("x"), new PersonReinstated("y")] : [new PersonSuspended("x")];
        foreach (PersonEvent change in before)
        {
            sessions.Apply(Stored("person-ada", change));
        }

        sessions.Apply(Stored("session-1", started));

        (sessions.FindByKey(key) is not null).ShouldBe(reinstated);
        sessions.WithoutPerson.Count.ShouldBe(reinstated ? 0 : 1);
    }

    [Theory]
    [InlineData(AuthenticationContexts.MultiFactor, AuthenticationContexts.SingleFactor, true)]
    [InlineData(AuthenticationContexts.MultiFactor, AuthenticationContexts.MultiFactor, true)]
    [InlineData(AuthenticationContexts.MultiFactor, AuthenticationContexts.PhishingResistant, false)]
    [InlineData(AuthenticationContexts.PhishingResistant, "urn:nobody:knows", false)]
    [InlineData("urn:nobody:knows", AuthenticationContexts.SingleFactor, false)]
    public void A_stronger_context_satisfies_a_weaker_one(string shown, string asked, bool satisfied) =>
        AuthenticationContexts.Satisfies(shown, asked).ShouldBe(satisfied);

    [Theory]
    [InlineData(true, "", 30, 720)]
    [InlineData(false, "", 15, 480)]
    [InlineData(true, "administrators", 10, 60)]
    [InlineData(false, "administrators,night-shift", 10, 60)]
    [InlineData(false, "night-shift,nobody-knows", 15, 480)]
    [Trait("Requirement", "S12")]
    public void The_strictest_limit_counts(bool inside, string groups, int idleMinutes, int absoluteMinutes)
    {
        var limits = new SessionLimits
        {
            Groups =
            {
                ["administrators"] = new() { Idle = TimeSpan.FromMinutes(10), Absolute = TimeSpan.FromHours(1) },
                ["night-shift"] = new() { Idle = TimeSpan.FromHours(2), Absolute = TimeSpan.FromHours(14) },
            },
        };

        limits.BoundsOf(inside, groups.Split(',', StringSplitOptions.RemoveEmptyEntries), Now)
            .ShouldBe(new SessionBounds(TimeSpan.FromMinutes(idleMinutes), Now.AddMinutes(absoluteMinutes)));
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("11.1.2.3", false)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:db9::1", false)]
    public void Whoever_is_in_a_network_of_the_hospital_is_inside(string address, bool inside) =>
        new SessionLimits { InsideNetworks = ["10.0.0.0/8", "2001:db8::/32"] }.IsInside(System.Net.IPAddress.Parse(address)).ShouldBe(inside);

    [Theory]
    [InlineData("10.0.0.0/33", 30, 60)]
    [InlineData("10.0.0.0/8", 0, 60)]
    [InlineData("10.0.0.0/8", 60, 30)]
    [InlineData("10.0.0.0/8", 60, 60 * 24 * 31)]
    public void Limits_without_sense_are_told(string network, int idleMinutes, int absoluteMinutes) =>
        new SessionLimits
        {
            InsideNetworks = [network],
            Inside = new() { Idle = TimeSpan.FromMinutes(idleMinutes), Absolute = TimeSpan.FromMinutes(absoluteMinutes) },
        }.Fault.ShouldNotBeNull();

    private static StoredEvent Stored(string stream, object data) => new(1, 1, Guid.Empty, stream, 1, "x", data, Now, EventMetadata.None);
}
