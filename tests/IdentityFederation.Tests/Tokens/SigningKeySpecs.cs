using AccessGov.IdentityFederation.Tokens;
using static AccessGov.IdentityFederation.Tests.Spec;

namespace AccessGov.IdentityFederation.Tests.Tokens;

public sealed class SigningKeySpecs
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(90);
    private static readonly KeyMaterial First = new("k1", "x", "y", "sealed");
    private static readonly KeyMaterial Second = new("k2", "x", "y", "sealed");
    private static readonly KeyMaterial Third = new("k3", "x", "y", "sealed");
    private static readonly SigningKeyEvent[] Signing = [new SigningKeyAnnounced(First, Now), new SigningKeyActivated("k1", Now)];
    private static readonly SigningKeyEvent[] Announced = [.. Signing, new SigningKeyAnnounced(Second, Now.AddDays(90))];
    private static readonly SigningKeyEvent[] Rotated =
        [.. Announced, new SigningKeyActivated("k2", Now.AddDays(90)), new SigningKeyRetired("k1", Now.AddDays(90).AddMinutes(1445), KeepSigningKeys.ByAge)];

    [Fact]
    public void The_first_key_signs_at_once() => Given(SigningKeyRing.Streams).When(ring => Keep(ring, Now)).Then(new SigningKeyAnnounced(Third, Now), new SigningKeyActivated("k3", Now));

    [Fact]
    public void A_key_signs_until_its_time_is_over() => Given(SigningKeyRing.Streams, Signing).When(ring => Keep(ring, Now.AddDays(88))).ThenNothing();

    [Fact]
    public void The_next_key_is_announced_a_day_before_it_signs() => Given(SigningKeyRing.Streams, Signing)
        .When(ring => Keep(ring, Now.AddDays(89))).Then(new SigningKeyAnnounced(Third, Now.AddDays(90)));

    [Fact]
    public void One_key_is_announced_at_a_time() => Given(SigningKeyRing.Streams, Announced).When(ring => Keep(ring, Now.AddDays(89.5))).ThenNothing();

    [Fact]
    public void The_announced_key_signs_when_its_day_has_come_and_the_former_is_shown_until_its_last_token_is_over() => Given(SigningKeyRing.Streams, Announced)
        .When(ring => Keep(ring, Now.AddDays(90))).Then(
            new SigningKeyActivated("k2", Now.AddDays(90)), new SigningKeyRetired("k1", Now.AddDays(90).AddMinutes(1445), KeepSigningKeys.ByAge));

    [Fact]
    public void What_is_shown_are_the_keys_that_a_good_token_may_be_signed_with()
    {
        SigningKeyRing ring = Given(SigningKeyRing.Streams, Rotated).State;
        ring.ShownAt(Now.AddDays(90).AddMinutes(64)).Select(key => key.Key.KeyId).ShouldBe(["k1", "k2"]);
        ring.ShownAt(Now.AddDays(90).AddMinutes(1445)).Select(key => key.Key.KeyId).ShouldBe(["k2"]);
    }

    [Fact]
    public void By_hand_the_announced_key_signs_at_once_if_there_is_one()
    {
        Given(SigningKeyRing.Streams, Announced).When(ring => Rotate(ring, revoke: false)).Then(
            new SigningKeyActivated("k2", Now), new SigningKeyRetired("k1", Now.AddMinutes(1445), "why"));
        Given(SigningKeyRing.Streams, Signing).When(ring => Rotate(ring, revoke: false)).Then(
            new SigningKeyAnnounced(Third, Now), new SigningKeyActivated("k3", Now), new SigningKeyRetired("k1", Now.AddMinutes(1445), "why"));
    }

    [Fact]
    public void After_a_leak_no_key_from_before_is_worth_anything() => Given(SigningKeyRing.Streams, [.. Rotated, new SigningKeyAnnounced(new("k4", "x", "y", "sealed"), Now.AddDays(180))])
        .When(ring => Rotate(ring, revoke: true)).Then(
            new SigningKeyAnnounced(Third, Now), new SigningKeyActivated("k3", Now),
            new SigningKeyRevoked("k1", "why"), new SigningKeyRevoked("k2", "why"), new SigningKeyRevoked("k4", "why"));

    [Fact]
    public void Without_a_reason_nothing_is_rotated() => Given(SigningKeyRing.Streams, Signing)
        .When(ring => RotateSigningKeys.Decide(ring, new(" "), Third, Now)).ThenRefused("reason_required", 400);

    [Fact]
    public void A_token_is_revoked_once()
    {
        Given(IssuedToken.Streams).When(token => RevokeToken.Decide(token, "pacs", Now)).Then(new TokenRevoked("pacs", Now));
        Given(IssuedToken.Streams, new TokenRevoked("pacs", Now)).When(token => RevokeToken.Decide(token, "pacs", Now)).ThenNothing();
    }

    private static EventSourcing.Outcome<SigningKeyEvent> Keep(SigningKeyRing ring, DateTimeOffset now) => KeepSigningKeys.Decide(ring, Third, now, Age);

    private static EventSourcing.Outcome<SigningKeyEvent> Rotate(SigningKeyRing ring, bool revoke) => RotateSigningKeys.Decide(ring, new("why", revoke), Third, Now);
}
