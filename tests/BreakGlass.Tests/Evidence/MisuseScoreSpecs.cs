using System.Text.Json;
using System.Text.Json.Serialization;
using AccessGov.BreakGlass.Evidence;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.Evidence;

/// <summary>What makes a case look like misuse.</summary>
public sealed class MisuseScoreSpecs
{
    private static readonly PatientRelation Treats = new(true, false, false, false, false, false);
    private static readonly OpenedImages Opened = new("study.view", "1.2.3", "ward", false, 1, Spec.Now, Spec.Now, [], []);
    private static readonly DecisionEvidence Plain = new(true, 0, [Opened], [], Treats, [], true);
    private static readonly Frequency Seldom = new(1, 0, 1);

    [Fact]
    public void Whoever_treats_the_patient_at_work_looks_like_nothing() => Codes(Plain).ShouldBe((0, ""));

    [Fact]
    public void Somebody_without_a_relation_of_care_does()
    {
        Codes(Plain with { Relation = Treats with { CareTeam = false } }).ShouldBe((25, "no_relation"));
        Codes(Plain with { Relation = Treats with { CareTeam = false, Referral = true } }).ShouldBe((0, ""));
        Codes(Plain with { Relation = Treats with { CareTeam = false, Order = true } }).ShouldBe((0, ""));
    }

    [Fact]
    public void So_do_relatives_colleagues_and_ones_own_record()
    {
        Codes(Plain with { Relation = Treats with { Family = true } }).ShouldBe((40, "family"));
        Codes(Plain with { Relation = Treats with { Staff = true } }).ShouldBe((25, "colleague"));
        Codes(Plain with { Relation = Treats with { Self = true } }).ShouldBe((40, "own_record"));
    }

    [Fact]
    public void So_does_a_vip_that_was_opened() =>
        Codes(Plain with { Opened = [Opened, Opened with { Vip = true }] }).ShouldBe((15, "vip"));

    [Fact]
    public void So_does_a_vip_that_an_edge_opened() => MisuseScore.Of(
        new CaseEvidence(Plain, Seldom, []) { Offline = [Opened with { Vip = true }] })!.Value.Reasons.Single().Code.ShouldBe("vip");

    [Fact]
    public void Hours_count_when_they_are_known()
    {
        Codes(Plain with { WorkingHours = false }).ShouldBe((10, "off_shift"));
        Codes(Plain with { WorkingHours = null }).ShouldBe((0, ""));
    }

    [Fact]
    public void So_does_a_denial_shortly_before() =>
        Codes(Plain with { DeniedBefore = [new DeniedAccess(Spec.Now, "study.view", null, "forbidden")] }).ShouldBe((15, "denied_before"));

    [Theory]
    [InlineData(2, 0, false)]
    [InlineData(3, 0, true)]
    [InlineData(3, 1, true)]
    [InlineData(3, 1.5, false)]
    [InlineData(10, 5, false)]
    [InlineData(11, 5, true)]
    public void More_often_than_peers_is_three_times_and_more_than_twice_their_median(int own, double peers, bool holds) =>
        Codes(Plain, Seldom with { OfPerson = own, OfPeers = peers }).ShouldBe(holds ? (20, "more_than_peers") : (0, ""));

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Many_people_on_one_patient_are_three(int people, bool holds) =>
        Codes(Plain, Seldom with { PeopleOfPatient = people }).ShouldBe(holds ? (20, "many_people") : (0, ""));

    [Fact]
    public void Reasons_add_up_to_100_at_most_and_each_says_why()
    {
        DecisionEvidence worst = Plain with
        {
            Relation = new PatientRelation(false, false, false, true, true, true), WorkingHours = false,
                Opened = [Opened with { Vip = true }],
            DeniedBefore = [new DeniedAccess(Spec.Now, "study.view", null, "forbidden")],
        };
        (int score, IReadOnlyList<ScoreReason> reasons) = MisuseScore.Of(new CaseEvidence(worst, new Frequency(9, 1, 9), []))!.Value;
        score.ShouldBe(100);
        reasons.Sum(reason => reason.Weight).ShouldBe(210);
        reasons.ShouldAllBe(reason => reason.Sentence.EndsWith('.'));
        reasons.Select(reason => reason.Code).ShouldBeUnique();
        Codes(Plain with { Relation = Treats with { Staff = true }, WorkingHours = false }).ShouldBe((35, "colleague off_shift"));
    }

    [Fact]
    public void What_is_not_known_is_not_scored() => MisuseScore.Of(new CaseEvidence(null, new Frequency(9, 1, 9), [])).ShouldBeNull();

    [Fact]
    public void The_department_of_a_case_is_that_of_all_its_studies()
    {
        DepartmentOf(Plain).ShouldBe("ward");
        DepartmentOf(Plain with { Opened = [Opened, Opened with { Study = null, Department = null }] })
            .ShouldBe("ward", "what was about the patient has none");
        DepartmentOf(Plain with { Opened = [Opened, Opened with { Department = "lab" }] }).ShouldBeNull();
        DepartmentOf(Plain with { Opened = [Opened, Opened with { Department = null }] }).ShouldBeNull();
        DepartmentOf(Plain with { Opened = [] }).ShouldBeNull();
        DepartmentOf(Plain with { Opened = [] }, Opened with { Department = "lab" }).ShouldBe("lab");
        DepartmentOf(Plain, Opened with { Department = "lab" }).ShouldBeNull("an edge opened one of another department");
    }

    [Fact]
    public void What_PolicyDecision_answers_is_read_whole()
    {
        var strict = new JsonSerializerOptions(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };
        string example = File.ReadAllText(WorkingCopy.PathOf("tests", "BreakGlass.Tests", "Evidence", "evidence.json"));
        DecisionEvidence read = JsonSerializer.Deserialize<DecisionEvidence>(example, strict)!;
        Codes(read).ShouldBe((55, "colleague vip denied_before"));
        read.Opened.Single().ShouldSatisfyAllConditions(
            one => one.Count.ShouldBe(2), one => one.Addresses.ShouldBe(["10.0.0.7"]), one => one.Workstations.ShouldBe(["ws-7"]));
        read.Roles.Single().ShouldBe(new HeldRole("ward-physician", "department", "ward"));
        JsonSerializer.SerializeToNode(read, strict)!.AsObject().Select(member => member.Key)
            .ShouldBe(JsonSerializer.Deserialize<JsonElement>(example).EnumerateObject().Select(member => member.Name));
    }

    private static string? DepartmentOf(DecisionEvidence decisions, params OpenedImages[] offline) =>
        new CaseEvidence(decisions, Seldom, []) { Offline = offline }.Department;

    private static (int Score, string Codes) Codes(DecisionEvidence decisions, Frequency? frequency = null)
    {
        (int score, IReadOnlyList<ScoreReason> reasons) = MisuseScore.Of(new CaseEvidence(decisions, frequency ?? Seldom, []))!.Value;
        return (score, string.Join(' ', reasons.Select(reason => reason.Code)));
    }
}
