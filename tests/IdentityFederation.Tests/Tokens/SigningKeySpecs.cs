using AccessGov.IdentityFederation.Tokens;
using static AccessGov.IdentityFederation.Tests.Spec;

namespace AccessGov.IdentityFederation.Tests.Tokens;

public sealed class SigningKeySpecs
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(90);
    private static readonly KeyMaterial First = new("k1", "x", "y", "sealed");
    private static readonly KeyMaterial Second = new("k2", "x", "y", "sealed");
    private static readonly KeyMaterial Third = new("k3", "x", "y", "sealed");
    private static readonly KeyMaterial Rsa = new("r1", null, null, "sealed") { N = "n", E = "e" };
    private static readonly KeyMaterial OtherRsa = new("r2", null, null, "sealed") { N = "n", E = "e" };
    private static readonly SigningKeyEvent[] Signing = [new SigningKeyAnnounced(First, Now), new SigningKeyActivated("k1", Now)];
    private static readonly SigningKeyEvent[] Announced = [.. Signing, new SigningKeyAnnounced(Second, Now.AddDays(90))];
    private static readonly SigningKeyEvent[] Rotated =
        [.. Announced, new SigningKeyActivated("k2", Now.AddDays(90)), new SigningKeyRetired("k1", Now.AddDays(90).AddMinutes(1445), KeepSigningKeys.ByAge)];

    [Fact]
    public void The_first_key_signs_at_once() => Given(SigningKeyRing.Streams).When(ring => Keep(ring, Now)).Then(new SigningKeyAnnounced(Third, Now), new SigningKeyActivated("k3", Now));

    [Fact]
    public void A_ring_of_one_algorithm_gets_a_key_of_the_other_at_once_and_each_has_its_own_age()
    {
        Given(SigningKeyRing.Streams, Announced).When(ring => KeepSigningKeys.Decide(ring, Rsa, Now.AddDays(89.5), Age))
            .Then(new SigningKeyAnnounced(Rsa, Now.AddDays(89.5)), new SigningKeyActivated("r1", Now.AddDays(89.5)));
        SigningKeyEvent[] both = [.. Signing, new SigningKeyAnnounced(Rsa, Now.AddDays(80)), new SigningKeyActivated("r1", Now.AddDays(80))];
        Given(SigningKeyRing.Streams, both).When(ring => KeepSigningKeys.Decide(ring, OtherRsa, Now.AddDays(89), Age)).ThenNothing();
        Given(SigningKeyRing.Streams, both).When(ring => Keep(ring, Now.AddDays(89))).Then(new SigningKeyAnnounced(Third, Now.AddDays(90)));
        Given(SigningKeyRing.Streams, both).When(ring => KeepSigningKeys.Decide(ring, OtherRsa, Now.AddDays(169), Age))
            .Then(new SigningKeyAnnounced(OtherRsa, Now.AddDays(170)));
    }

    [Fact]
    public void By_hand_a_key_of_each_algorithm_begins_and_after_a_leak_none_from_before_is_worth_anything()
    {
        SigningKeyEvent[] both = [.. Signing, new SigningKeyAnnounced(Rsa, Now), new SigningKeyActivated("r1", Now)];
        Given(SigningKeyRing.Streams, both).When(ring => RotateSigningKeys.Decide(ring, new("why"), [Third, OtherRsa], Now)).Then(
            new SigningKeyAnnounced(Third, Now), new SigningKeyActivated("k3", Now),
            new SigningKeyAnnounced(OtherRsa, Now), new SigningKeyActivated("r2", Now),
            new SigningKeyRetired("k1", Now.AddMinutes(1445), "why"), new SigningKeyRetired("r1", Now.AddMinutes(1445), "why"));
        Given(SigningKeyRing.Streams, both).When(ring => RotateSigningKeys.Decide(ring, new("why", Revoke: true), [Third, OtherRsa], Now)).Then(
            new SigningKeyAnnounced(Third, Now), new SigningKeyActivated("k3", Now),
            new SigningKeyAnnounced(OtherRsa, Now), new SigningKeyActivated("r2", Now),
            new SigningKeyRevoked("k1", "why"), new SigningKeyRevoked("r1", "why"));
    }

    [Fact]
    public void What_was_stored_before_there_were_two_algorithms_is_read_as_a_key_for_ES256()
    {
        SigningKeyAnnounced stored = System.Text.Json.JsonSerializer.Deserialize<SigningKeyAnnounced>(
            """{"Key":{"KeyId":"k1","X":"x","Y":"y","Sealed":"sealed"},"SignsFrom":"2026-01-01T00:00:00+00:00"}""",
            EventSourcing.EventTypes.SerializerOptions)!;
        stored.Key.ShouldBe(First);
        stored.Key.Algorithm.ShouldBe("ES256");
    }

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
        .When(ring => RotateSigningKeys.Decide(ring, new(" "), [Third], Now)).ThenRefused("reason_required", 400);

    [Fact]
    public void A_token_is_revoked_once()
    {
        Given(IssuedToken.Streams).When(token => RevokeToken.Decide(token, "pacs", Now)).Then(new TokenRevoked("pacs", Now));
        Given(IssuedToken.Streams, new TokenRevoked("pacs", Now)).When(token => RevokeToken.Decide(token, "pacs", Now)).ThenNothing();
    }

    private static EventSourcing.Outcome<SigningKeyEvent> Keep(SigningKeyRing ring, DateTimeOffset now) => KeepSigningKeys.Decide(ring, Third, now, Age);

    private static EventSourcing.Outcome<SigningKeyEvent> Rotate(SigningKeyRing ring, bool revoke) => RotateSigningKeys.Decide(ring, new("why", revoke), [Third], Now);
}
