using System.Collections.Immutable;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Tests.Facts;

/// <summary>What policies see of a patient is kept between decisions: it must be what they would see if it were made anew.</summary>
public sealed class PatientAttributesTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_care_team_member_is_in_it_from_the_first_to_before_the_last_instant()
    {
        var patient = new PatientFacts([new TimedUser("r1", "ada", Start, Start.AddHours(1))], [], IsStaff: false);

        CareTeam(patient, Start.AddTicks(-1)).ShouldBeEmpty();
        CareTeam(patient, Start).ShouldBe(["ada"]);
        CareTeam(patient, Start.AddHours(1).AddTicks(-1)).ShouldBe(["ada"]);
        CareTeam(patient, Start.AddHours(1)).ShouldBeEmpty();

        // A clock that jumps back is believed.
        CareTeam(patient, Start).ShouldBe(["ada"]);
    }

    [Fact]
    public void Nothing_is_made_anew_until_a_relation_begins_or_ends()
    {
        var patient = new PatientFacts([new TimedUser("r1", "ada", Start, null)], [new TimedUser("r2", "bo", Start.AddHours(2), null)], IsStaff: true);

        PatientAttributes first = patient.AttributesAt(Start);
        patient.AttributesAt(Start.AddHours(2).AddTicks(-1)).ShouldBeSameAs(first);
        patient.AttributesAt(Start.AddHours(2)).ShouldNotBeSameAs(first);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Kept_attributes_are_those_that_would_be_made_anew(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            var kept = new PatientFacts(Relations(random), Relations(random), IsStaff: false);
            for (int question = 0; question < 10; question++)
            {
                DateTimeOffset now = Start.AddHours(random.Next(-1, 15));
                kept.AttributesAt(now).Record.ShouldBe(PatientAttributes.Of(kept, now).Record, $"round {round}, at {now:O}");
            }
        }
    }

    private static ImmutableArray<TimedUser> Relations(Random random) =>
        [.. Enumerable.Range(0, random.Next(5)).Select(relation => new TimedUser(
            $"r{relation}", $"u{random.Next(3)}", Start.AddHours(random.Next(13)), random.Next(4) == 0 ? null : Start.AddHours(random.Next(13))))];

    private static string[] CareTeam(PatientFacts patient, DateTimeOffset now) =>
        [.. ((SetValue)patient.AttributesAt(now).Record.Find("careTeam")!).Members.ToArray().Select(user => ((EntityUid)user).Id)];
}
