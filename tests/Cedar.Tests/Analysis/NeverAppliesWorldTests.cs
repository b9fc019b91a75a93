namespace AccessGov.Cedar.Tests.Analyzing;

/// <summary>What is said never to apply, against every request of worlds small enough for that.</summary>
public sealed class NeverAppliesWorldTests
{
    private static readonly Value?[] Choices = [null, Value.Of(true), Value.Of(false), Value.Of(1)];

    [Fact]
    public void A_condition_without_variables_is_found_exactly_when_it_is_not_true()
    {
        var ends = new Dictionary<string, int>();
        for (int seed = 0; seed < 3_000; seed++)
        {
            string condition = Formula(new Random(seed), 3, constants: true);
            string end = Cedar.Outcome(condition);
            NeverAppliesReason? reason = NeverApplies.Find(PolicySet.Parse($"permit(principal, action, resource) when {{ {condition} }};")).SingleOrDefault()?.Reason;

            reason.ShouldBe(end switch { "true" => null, "false" => NeverAppliesReason.ConditionNeverTrue, _ => NeverAppliesReason.ConditionAlwaysInError }, $"seed {seed}: {condition}");
            ends[end] = ends.GetValueOrDefault(end) + 1;
        }

        ends.Count.ShouldBeGreaterThan(3);
        ends.Values.ShouldAllBe(count => count > 20);
    }

    [Fact]
    public void What_is_proven_of_a_condition_holds_for_every_context()
    {
        var found = new Dictionary<NeverAppliesReason, int>();
        for (int seed = 0; seed < 3_000; seed++)
        {
            string condition = Formula(new Random(seed), 3, constants: false);
            PolicySet policies = PolicySet.Parse($"forbid(principal, action, resource) when {{ {condition} }};");
            if (NeverApplies.Find(policies) is not [var finding])
            {
                continue;
            }

            found[finding.Reason] = found.GetValueOrDefault(finding.Reason) + 1;
            finding.IsProven.ShouldBeTrue();
            CompiledPolicySet compiled = policies.Compile();
            foreach (RecordValue context in Contexts())
            {
                Response response = compiled.Evaluate(new Request(Cedar.Alice, Cedar.View, Cedar.Photo, context), EntityStore.Empty);
                response.SatisfiedForbids.ShouldBeEmpty($"seed {seed}, {context}: {condition}");
                if (finding.Reason == NeverAppliesReason.ConditionAlwaysInError)
                {
                    response.Errors.Count.ShouldBe(1, $"seed {seed}, {context}: {condition}");
                }
            }
        }

        found.Keys.Order().ShouldBe([NeverAppliesReason.ConditionNeverTrue, NeverAppliesReason.ConditionAlwaysInError]);
        found.Values.ShouldAllBe(count => count > 50);
    }

    [Theory]
    [InlineData("if true then false else context.a", true)]
    [InlineData("if false then context.a else false", true)]
    [InlineData("if 1 then true else true", true)]
    [InlineData("if context.a then context.b else false", false)]
    [InlineData("(if true then context.a else false) || false", false)]
    [InlineData("context.a && context.b && false && context.c", true)]
    [InlineData("context.a || (context.b && false)", false)]
    [InlineData("!(true || context.a)", true)]
    [InlineData("!(false && context.a)", false)]
    [InlineData("!!(false)", true)]
    [InlineData("!(1 + 1)", true)]
    [InlineData("context.a && 1", true)]
    [InlineData("context.a || 1", false)]
    [InlineData("1 || context.a", true)]
    [InlineData("[1, 2].containsAll([3])", true)]
    [InlineData("[1, 2].containsAny([context.a])", false)]
    [InlineData("{a: 1, b: 2}.b == 1", true)]
    [InlineData("{a: 1} has b", true)]
    [InlineData("{a: context.x} has b", false)]
    [InlineData("{a: {b: 1}} has a.c", false)]
    [InlineData("decimal(\"1.0\").lessThan(decimal(\"0.5\"))", true)]
    [InlineData("datetime(\"2024-01-01\") > datetime(\"2025-01-01\")", true)]
    [InlineData("User::\"a\" == User::\"b\"", true)]
    [InlineData("User::\"a\" is Robot", true)]
    [InlineData("User::\"a\" in User::\"b\"", false)]
    [InlineData("User::\"a\" is User in User::\"b\"", false)]
    [InlineData("User::\"a\".hasTag(\"x\")", false)]
    [InlineData("User::\"a\" has x", false)]
    [InlineData("principal == resource", false)]
    [InlineData("principal == 1", true)]
    [InlineData("context == 1", false)]
    [InlineData("principal != 1", false)]
    [InlineData("\"a\" == principal", true)]
    public void Constants_are_followed_and_nothing_else(string condition, bool never) =>
        NeverApplies.Find(PolicySet.Parse($"permit(principal, action, resource) when {{ {condition} }};")).Count.ShouldBe(never ? 1 : 0);

    [Fact]
    public void Every_observation_is_what_the_data_say_of_the_constraint()
    {
        var seen = new HashSet<NeverAppliesReason?>();
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            PolicySet policies = PolicySet.Parse(SmallHospital.Policies(random, conditions: true));
            EntityStore entities = SmallHospital.Entities(random);
            Dictionary<string, NeverApplying> found = NeverApplies.Find(policies, entities).ToDictionary(finding => finding.Policy.Id);
            HashSet<string> proven = [.. NeverApplies.Find(policies).Select(finding => finding.Policy.Id)];
            foreach (Policy policy in policies.Policies)
            {
                NeverApplying? finding = found.GetValueOrDefault(policy.Id);
                (finding?.IsProven ?? false).ShouldBe(proven.Contains(policy.Id), $"seed {seed}, {policy.Text}");
                if (!proven.Contains(policy.Id))
                {
                    (finding?.Reason).ShouldBe(Observed(policy, entities), $"seed {seed}, {policy.Text}");
                    seen.Add(finding?.Reason);
                }
            }
        }

        seen.ShouldBe(
            [null, NeverAppliesReason.NoPrincipalInData, NeverAppliesReason.OnlyTheGroupItself, NeverAppliesReason.NoResourceInData, NeverAppliesReason.NoActionInData],
            ignoreOrder: true);
    }

    [Fact]
    public void A_finding_names_its_policy_its_place_and_its_text()
    {
        PolicySet policies = PolicySet.Parse(
            """
            permit(principal, action, resource);
            permit(principal, action, resource)
            when { context.a }
            unless { 1 == 1 };
            permit(
              principal,
              action in [],
              resource);
            permit(principal in Role::"ghosts", action, resource);
            """,
            "rules.cedar");

        IReadOnlyList<NeverApplying> found = NeverApplies.Find(policies, EntityStore.Create([new Entity(Cedar.Alice)]));

        found.Select(finding => $"{finding.Policy.Id} {finding.Reason} {finding.IsProven} {finding.Position} {finding.Text}").ShouldBe(
        [
            "policy1 ConditionNeverTrue True rules.cedar:4:1 unless { 1 == 1 }",
            "policy2 NoAction True rules.cedar:7:3 action in []",
            "policy3 NoPrincipalInData False rules.cedar:9:8 principal in Role::\"ghosts\"",
        ]);
        NeverApplies.Find(policies).Count.ShouldBe(2);
    }

    [Fact]
    public void Templates_never_apply_by_nature_and_their_links_are_judged()
    {
        PolicySet policies = PolicySet
            .Parse("permit(principal in ?principal, action, resource) when { principal is Robot }; permit(principal == ?principal, action, resource) when { principal is Robot };")
            .Link("policy0", "in", new EntityUid("User", "ada"))
            .Link("policy1", "robot", new EntityUid("Robot", "r2"))
            .Link("policy1", "user", new EntityUid("User", "ada"));

        NeverApplies.Find(policies).Select(finding => finding.Policy.Id).ShouldBe(["user"]);
        NeverApplies.Find(PolicySet.Empty).ShouldBeEmpty();
        NeverApplies.Find(PolicySet.Empty, EntityStore.Empty).ShouldBeEmpty();
    }

    private static NeverAppliesReason? Observed(Policy policy, EntityStore entities)
    {
        EntityUid[] all = [.. entities.Entities.Select(entity => entity.Uid)];
        PolicyTree tree = policy.Tree with { Conditions = [], Effect = Effect.Permit };
        var any = new EntityScope(0, ScopeOperator.Any, null, null, HasSlot: false);
        var anyAction = new ActionScope(0, ScopeOperator.Any, [], IsList: false);
        EntityUid[] principals = [.. all.Where(uid => Allows(tree with { Action = anyAction, Resource = any }, new(uid, Cedar.View, Cedar.Photo, RecordValue.Empty)))];
        EntityUid[] resources = [.. all.Where(uid => Allows(tree with { Action = anyAction, Principal = any }, new(Cedar.Alice, Cedar.View, uid, RecordValue.Empty)))];
        EntityUid[] actions = [.. all.Where(uid => uid.Type == "Action" && Allows(tree with { Resource = any, Principal = any }, new(Cedar.Alice, uid, Cedar.Photo, RecordValue.Empty)))];
        bool Named(ScopeOperator symbol) => symbol != ScopeOperator.Any;
        return Named(tree.Principal.Operator) && principals.Length == 0 ? NeverAppliesReason.NoPrincipalInData
            : tree.Principal.Operator is ScopeOperator.In or ScopeOperator.IsIn && principals is [var only] && only == tree.Principal.Entity ? NeverAppliesReason.OnlyTheGroupItself
            : Named(tree.Resource.Operator) && resources.Length == 0 ? NeverAppliesReason.NoResourceInData
            : Named(tree.Action.Operator) && actions.Length == 0 ? NeverAppliesReason.NoActionInData
            : null;

        bool Allows(PolicyTree one, Request request) => PolicySet.Parse(PolicyPrinter.Print(one)).Compile().Evaluate(in request, entities).Decision == Decision.Allow;
    }

    private static IEnumerable<RecordValue> Contexts() =>
        from a in Choices
        from b in Choices
        from c in Choices
        select RecordValue.Of([.. new[] { ("a", a), ("b", b), ("c", c) }.Where(pair => pair.Item2 is not null).Select(pair => (pair.Item1, pair.Item2!))]);

    private static string Formula(Random random, int depth, bool constants)
    {
        string[] leaves = constants
            ? ["true", "false", "1 == 1", "1 > 2", "1", "ip(\"x\").isIpv4()", "1 + true == 2", "[1].contains(1)", "\"ab\" like \"a*\"", "{a: 1} has b"]
            : ["true", "false", "1", "context.a", "context.b", "context.c", "context.a", "1 > 2", "context has a"];
        return depth == 0 ? $"({SmallHospital.One(random, leaves)})" : random.Next(5) switch
        {
            0 => $"!{Formula(random, depth - 1, constants)}",
            1 => $"(if {Formula(random, depth - 1, constants)} then {Formula(random, depth - 1, constants)} else {Formula(random, depth - 1, constants)})",
            2 or 3 => $"({Formula(random, depth - 1, constants)} && {Formula(random, depth - 1, constants)})",
            _ => $"({Formula(random, depth - 1, constants)} || {Formula(random, depth - 1, constants)} || {Formula(random, depth - 1, constants)})",
        };
    }
}
