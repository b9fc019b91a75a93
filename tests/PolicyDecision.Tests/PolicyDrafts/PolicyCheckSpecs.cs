using AccessGov.PolicyDecision.Policies;
using AccessGov.Testing;
using PolicyFault = AccessGov.PolicyDecision.Policies.PolicyFault;

namespace AccessGov.PolicyDecision.Tests.PolicyDrafts;

public sealed class PolicyCheckSpecs
{
    private const string Cedar = "@id(\"view\")\npermit (principal, action == Action::\"view\", resource) when { principal.level > 2 };";
    private const string World = """{"entities":[{"uid":{"type":"User","id":"ada"},"attrs":{"level":3},"parents":[]},{"uid":{"type":"User","id":"ben"},"attrs":{"level":1},"parents":[]}]}""";

    private static readonly PolicyFile Schema = new("s.cedarschema", "entity User { level: Long }; entity Study; action view appliesTo { principal: User, resource: Study };");
    private static readonly PolicyFile Good = new("p.cedar", Cedar);

    [Fact]
    public void The_shipped_set_passes_with_all_its_cases()
    {
        string folder = WorkingCopy.PathOf("deploy", "policies");
        PolicyFile[] files = [.. Directory.GetFiles(folder).Where(path => !path.EndsWith(".md", StringComparison.Ordinal)).Concat(Directory.GetFiles(Path.Combine(folder, "tests")))
            .Select(path => new PolicyFile(Path.GetRelativePath(folder, path), File.ReadAllText(path)))];

        PolicyCheck check = PolicyCheck.Of(files, Schema);

        check.Errors.ShouldBeEmpty();
        check.Cases.ShouldBe(ShippedPolicies.ShippedPolicySet.Current.Cases.Count);
        PolicyCompiler.Check(files).ShouldBeEmpty();
    }

    [Fact]
    public void What_the_validator_finds_has_its_place_and_keeps_the_set_from_being_published()
    {
        PolicyFile wrong = new("p.cedar", Cedar.Replace("level", "rank", StringComparison.Ordinal));

        PolicyFault error = PolicyCheck.Of([wrong], Schema).Errors.ShouldHaveSingleItem();

        (error.Code, error.File, error.Line, error.Column).ShouldBe(("policy_invalid", "p.cedar", 2, 63));
        error.Sentence.ShouldContain("rank");
        PolicyCompiler.Check([wrong, Schema]).ShouldHaveSingleItem().ShouldBe(error);
        PolicyCompiler.Check([wrong]).ShouldBeEmpty();
    }

    [Fact]
    public void Obligation_files_are_validated_too() => PolicyCheck.Of(
        [Good, new("o.obligations", "@id(\"o\") @obligation_1(\"{\\\"type\\\":\\\"custom\\\",\\\"properties\\\":{\\\"name\\\":\\\"x\\\"}}\")\npermit (principal, action, resource) when { principal.rank > 1 };")], Schema)
        .Errors.ShouldHaveSingleItem().File.ShouldBe("o.obligations");

    [Fact]
    public void A_policy_that_never_applies_is_a_warning() =>
        PolicyCheck.Of([Good, new("n.cedar", "@id(\"never\") permit (principal, action, resource) when { false };")], Schema)
            .ShouldSatisfyAllConditions(check => check.Errors.ShouldBeEmpty(), check => check.Warnings.ShouldHaveSingleItem().File.ShouldBe("n.cedar"));

    [Fact]
    public void Actions_are_those_of_the_schema() =>
        PolicyCheck.Of([Good, new("actions.json", """[{"uid":{"type":"Action","id":"eat"},"attrs":{},"parents":[]}]""")], Schema)
            .Errors.ShouldHaveSingleItem().Sentence.ShouldContain("eat");

    [Fact]
    public void A_schema_that_is_none_is_refused_with_its_place()
    {
        PolicyFault error = PolicyCheck.Of([Good, Schema with { Text = "entity User;\nentity ;" }], Schema).Errors.ShouldHaveSingleItem();
        (error.Code, error.File, error.Line).ShouldBe(("schema_malformed", "s.cedarschema", 2));
    }

    [Fact]
    public void A_set_has_one_schema() => PolicyCompiler.Check([Good, Schema, Schema with { Name = "t.cedarschema" }]).ShouldHaveSingleItem().File.ShouldBe("t.cedarschema");

    [Fact]
    public void Cases_are_decided_in_their_world() => Cases("""
        [{"name":"yes","principal":{"type":"User","id":"ada"},"action":"view","resource":{"type":"Study","id":"1"},"decision":"allow","determining":["view"]},
         {"name":"no","principal":{"type":"User","id":"ben"},"action":"view","resource":{"type":"Study","id":"1"},"decision":"deny"},
         {"name":"promoted","principal":{"type":"User","id":"ben"},"action":"view","resource":{"type":"Study","id":"1"},"decision":"allow",
          "entities":[{"uid":{"type":"User","id":"ben"},"attrs":{"level":9},"parents":[]}]}]
        """).ShouldSatisfyAllConditions(check => check.Cases.ShouldBe(3), check => check.Errors.ShouldBeEmpty());

    [Theory]
    [InlineData("""[{"name":"n","principal":{"type":"User","id":"ben"},"action":"view","resource":{"type":"Study","id":"1"},"decision":"allow"}]""", "policy_case_failed")]
    [InlineData("""[{"name":"n","principal":{"type":"User","id":"ada"},"action":"view","resource":{"type":"Study","id":"1"},"decision":"allow","determining":["other"]}]""", "policy_case_failed")]
    [InlineData("""[{"name":"n","principal":{"type":"User","id":"ada"},"action":"view","resource":{"type":"Study","id":"1"},"decision":"perhaps"}]""", "policy_case_malformed")]
    [InlineData("[null]", "policy_case_malformed")]
    [InlineData("{", "policy_case_malformed")]
    [InlineData("""[{"name":"n"}]""", "policy_case_malformed")]
    public void A_case_that_is_decided_otherwise_or_is_none_fails_the_check(string cases, string code) =>
        Cases(cases).Errors.ShouldHaveSingleItem().ShouldSatisfyAllConditions(fault => fault.Code.ShouldBe(code), fault => fault.File.ShouldBe("tests/cases.json"));

    [Fact]
    public void A_world_that_is_none_fails_the_check() =>
        PolicyCheck.Of([Good, new("tests/world.json", """{"entities":[7]}""")], Schema).Errors.ShouldHaveSingleItem().File.ShouldBe("tests/world.json");

    [Fact]
    public void Schema_and_cases_are_part_of_the_hash() =>
        new[] { PolicyText.Hash([Good]), PolicyText.Hash([Good, Schema]), PolicyText.Hash([Good, Schema, new("tests/world.json", World)]) }.ShouldBeUnique();

    private static PolicyCheck Cases(string cases) => PolicyCheck.Of([Good, new("tests/world.json", World), new("tests/cases.json", cases)], Schema);
}
