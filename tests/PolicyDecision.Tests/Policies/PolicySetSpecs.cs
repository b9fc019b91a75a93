using AccessGov.Cedar;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Policies;
using AccessGov.Testing;
using PolicyFault = AccessGov.PolicyDecision.Policies.PolicyFault;

namespace AccessGov.PolicyDecision.Tests.Policies;

public sealed class PolicySetSpecs
{
    private static readonly PolicyFile Good = new("hospital.cedar", "@id(\"view\")\npermit (principal, action == Action::\"study.view\", resource);");
    private static readonly PolicyFile Actions = new("actions.json",
        """[{"uid":{"type":"Action","id":"study.view"},"attrs":{},"parents":[{"type":"Action","id":"read"}]},{"uid":{"type":"Action","id":"study.store"},"attrs":{},"parents":[]}]""");

    private static readonly PolicySetPublished First = new(1, PolicyText.Hash([Good]), [Good], "first");
    private static readonly PolicySetPublished Second = new(2, PolicyText.Hash([Good, Actions]), [Good, Actions], "second");

    [Fact]
    public void The_first_version_is_one() => Publish([Good], "first").Then(First);

    [Fact]
    public void The_next_version_is_one_more() => Publish([Good, Actions], "second", First).Then(Second);

    [Fact]
    public void What_is_in_force_already_is_no_new_version() => Publish([Good], "again", First).ThenNothing();

    [Fact]
    public void After_a_roll_back_the_numbers_go_on() =>
        Publish([Actions, Good], "third", First, Second, new PolicySetRolledBack(1, First.Hash, First.Files))
            .Then(new PolicySetPublished(3, Second.Hash, [Actions, Good], "third"));

    [Fact]
    public void A_version_says_why() => Publish([Good], "").ThenRefused("comment_required");

    [Fact]
    public void A_file_that_does_not_parse_is_refused_with_its_place()
    {
        PolicyFile bad = new("bad.cedar", "@id(\"a\")\npermit (principal, action, resource)\nwhen { principal. };");
        Publish([Good, bad], "bad").ThenRefused("policy_set_malformed");
        PolicyFault fault = PolicyCompiler.Check([Good, bad]).ShouldHaveSingleItem();
        (fault.File, fault.Line).ShouldBe(("bad.cedar", 3));
        fault.Column.ShouldBeGreaterThan(1);
        fault.Sentence.ShouldNotBeEmpty();
    }

    [Fact]
    public void Every_fault_of_every_file_is_listed() =>
        PolicyCompiler.Check([new("a.cedar", "permit (principal, action);"), new("b.cedar", "@id(\"b\")\nforbid (principal, action, resource) when { ) };"), new("c.json", "{")])
            .Select(fault => fault.File).Distinct().ShouldBe(["a.cedar", "b.cedar", "c.json"]);

    [Fact]
    public void A_policy_has_an_id() => Publish([new("a.cedar", "\npermit (principal, action, resource);")], "x").ThenRefused("policy_id_missing");

    [Fact]
    public void Ids_are_unique_over_all_files() => Publish([Good, Good with { Name = "again.cedar" }], "x").ThenRefused("policy_id_doubled");

    [Fact]
    public void Ids_of_roles_are_not_written() =>
        Publish([new("a.cedar", "@id(\"role:tech\") permit (principal, action, resource);")], "x").ThenRefused("policy_id_reserved");

    [Theory]
    [InlineData("../a.cedar")]
    [InlineData("a.txt")]
    [InlineData("")]
    public void Files_are_policies_or_entities(string name) => Publish([Good, new(name, "")], "x").ThenRefused("policy_set_malformed");

    [Fact]
    public void A_set_has_policies() => Publish([Actions], "x").ThenRefused("policy_set_malformed");

    [Fact]
    public void People_do_not_come_with_a_set() =>
        Publish([Good, new("users.json", """[{"uid":{"type":"User","id":"ada"},"attrs":{},"parents":[]}]""")], "x").ThenRefused("policy_set_malformed");

    [Fact]
    public void A_file_holds_no_nul() => Publish([Good, new("b.cedar", "// \0")], "x").ThenRefused("policy_set_malformed");

    [Fact]
    public void A_set_has_a_name_that_stands_in_addresses() =>
        Spec.Given(PolicyVersions.Streams).When(state => PublishPolicySet.Decide(state, "Hospital!", new([Good], "x"), [], direct: true)).ThenRefused("policy_set_malformed");

    [Fact]
    public void An_earlier_version_is_in_force_again_with_its_text() => RollBack(1, First, Second).Then(new PolicySetRolledBack(1, First.Hash, First.Files));

    [Fact]
    public void Rolling_back_to_what_is_in_force_changes_nothing() => RollBack(2, First, Second).ThenNothing();

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_version_that_was_never_published_cannot_be_in_force(int version) => RollBack(version, First, Second).ThenRefused("version_unknown");

    [Fact]
    public void A_set_that_was_never_published_cannot_be_rolled_back() => RollBack(1).ThenRefused("policy_set_unknown");

    [Fact]
    public void A_version_that_the_engine_of_now_does_not_take_is_not_put_into_force_again() => Spec.Given(PolicyVersions.Streams, First, Second)
        .When(state => RollBackPolicySet.Decide(state, new RollBackPolicySet.Command(1), [new PolicyFault("policy_id_missing", "hospital.cedar", 1, 1, "It has no id.")])).ThenRefused("policy_id_missing");

    [Fact]
    public void Where_drafts_are_the_way_only_the_first_version_is_published_without_one()
    {
        PublishAlone([Good, Actions], First).ThenRefused("draft_required");
        PublishAlone([Good], First).ThenNothing();
        PublishAlone([Good]).Then(First with { Comment = "alone" });
    }

    [Fact]
    public void Texts_that_run_together_are_not_the_same() =>
        PolicyText.Hash([new("a", "bc")]).ShouldNotBe(PolicyText.Hash([new("ab", "c")]));

    [Fact]
    public void A_custom_role_becomes_a_policy_for_full_grants_and_one_for_reading()
    {
        PublishedPolicies compiled = Compile(new RoleFacts("tech", "", ["study.store", "study.view"], false, null));
        compiled.Compiled.Source.Policies.Select(policy => policy.Id).ShouldBe(["view", "role:tech", "role:tech:read"]);
        Decide(compiled, "Role", "study.store").ShouldBe(["role:tech"]);
        Decide(compiled, "Reader", "study.store").ShouldBeEmpty();
        Decide(compiled, "Reader", "study.view").ShouldContain("role:tech:read");
    }

    [Fact]
    public void A_role_that_only_reads_has_no_policy_for_full_grants() =>
        Compile(new RoleFacts("tech", "", ["study.store", "study.view"], true, null)).Compiled.Source.Policies.Select(policy => policy.Id)
            .ShouldBe(["view", "role:tech:read"]);

    [Fact]
    public void A_shipped_role_has_no_policy_of_its_own() =>
        Compile(new RoleFacts("radiologist", "", [], false, null)).Compiled.Source.Policies.Select(policy => policy.Id).ShouldBe(["view"]);

    private static PublishedPolicies Compile(params RoleFacts[] roles) =>
        PolicyCompiler.Compile("hospital", 1, "", PolicyCompiler.Parse([Good, Actions]), roles);

    private static string[] Decide(PublishedPolicies policies, string group, string action)
    {
        var ada = new Entity(new EntityUid("User", "ada"), parents: [new EntityUid(group, "tech")]);
        EntityStore entities = EntityStore.Create([.. policies.Actions.Entities, ada]);
        return [.. policies.Compiled.Evaluate(
            new Request(ada.Uid, new EntityUid("Action", action), new EntityUid("Study", "1.2"), RecordValue.Empty), entities).Reasons.Select(policy => policy.Id)];
    }

    private static Decided<PolicySetEvent> Publish(PolicyFile[] files, string comment, params PolicySetEvent[] events) =>
        Spec.Given(PolicyVersions.Streams, events).When(state => PublishPolicySet.Decide(state, "hospital", new(files, comment), PolicyCompiler.Check(files), direct: true));

    private static Decided<PolicySetEvent> PublishAlone(PolicyFile[] files, params PolicySetEvent[] events) =>
        Spec.Given(PolicyVersions.Streams, events).When(state => PublishPolicySet.Decide(state, "hospital", new(files, "alone"), [], direct: false));

    private static Decided<PolicySetEvent> RollBack(int version, params PolicySetEvent[] events) =>
        Spec.Given(PolicyVersions.Streams, events).When(state => RollBackPolicySet.Decide(state, new RollBackPolicySet.Command(version), []));
}
