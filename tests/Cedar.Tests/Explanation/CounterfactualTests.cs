using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Explaining;

public sealed class CounterfactualTests
{
    private static readonly RecordValue Context = RecordValue.Of(
        ("n", Value.Of(3)), ("flag", Value.Of(true)), ("text", Value.Of("abc")), ("s", new SetValue([Value.Of(1)])),
        ("t", new DatetimeValue(0)), ("d", new DurationValue(60_000)), ("dec", new DecimalValue(15_000)), ("ipText", Value.Of("1.2.3.4")));

    [Theory]
    [InlineData("context.n < 3", "context.n = 2 (was 3)")]
    [InlineData("context.n <= 2", "context.n = 2 (was 3)")]
    [InlineData("context.n > 3", "context.n = 4 (was 3)")]
    [InlineData("context.n >= 7", "context.n = 7 (was 3)")]
    [InlineData("!(context.n == 3)", "context.n = 4, for example (was 3)")]
    [InlineData("context.n != 3", "context.n = 4, for example (was 3)")]
    [InlineData("!(context.n != 4)", "context.n = 4 (was 3)")]
    [InlineData("!(context.n >= 3)", "context.n = 2 (was 3)")]
    [InlineData("!(context.n < 5)", "context.n = 5 (was 3)")]
    [InlineData("10 == context.n", "context.n = 10 (was 3)")]
    [InlineData("context.n + 1 == 10", "context.n = 9 (was 3)")]
    [InlineData("2 * context.n - 1 == 9", "context.n = 5 (was 3)")]
    [InlineData("10 - context.n == 1", "context.n = 9 (was 3)")]
    [InlineData("-(context.n) > 2", "context.n = -3 (was 3)")]
    [InlineData("!context.flag", "context.flag = false (was true)")]
    [InlineData("context.other", "context.other = true (was missing)")]
    [InlineData("context.text == \"x\"", "context.text = \"x\" (was \"abc\")")]
    [InlineData("context.text != \"abc\"", "context.text = \"\", for example (was \"abc\")")]
    [InlineData("context.text like \"x*y\"", "context.text = \"xy\", for example (was \"abc\")")]
    [InlineData("!(context.text like \"*\")", "")]
    [InlineData("!(context.text like \"a*\")", "context.text = \"\", for example (was \"abc\")")]
    [InlineData("context has x", "context.x = true, for example (was missing)")]
    [InlineData("context has x.y && context.x.y == 2", "context.x.y = 2 (was missing)")]
    [InlineData("context has x && context.x > 3", "context.x = 4 (was missing)")]
    [InlineData("!(context has n)", "context.n removed")]
    [InlineData("context.s.contains(2)", "context.s = [1, 2] (was [1])")]
    [InlineData("!context.s.contains(1)", "context.s = [] (was [1])")]
    [InlineData("[1, 2].contains(context.n)", "context.n = 1 (was 3);context.n = 2 (was 3)")]
    [InlineData("context.s.containsAll([1, 2])", "context.s = [1, 2] (was [1])")]
    [InlineData("!context.s.containsAll([1])", "context.s = [] (was [1])")]
    [InlineData("context.s.containsAny([4])", "context.s = [1, 4] (was [1])")]
    [InlineData("[4].containsAny(context.s)", "context.s = [1, 4] (was [1])")]
    [InlineData("!context.s.containsAny([1])", "context.s = [] (was [1])")]
    [InlineData("context.s.isEmpty()", "context.s = [] (was [1])")]
    [InlineData("context.missing.isEmpty()", "context.missing = [] (was missing)")]
    [InlineData("context.t > datetime(\"1970-01-02\")", "context.t = datetime(\"1970-01-02T00:00:00.001Z\") (was datetime(\"1970-01-01T00:00:00.000Z\"))")]
    [InlineData("context.t.toTime() == duration(\"1h\")", "context.t = datetime(\"1970-01-01T01:00:00.000Z\") (was datetime(\"1970-01-01T00:00:00.000Z\"))")]
    [InlineData("context.t.toDate() == datetime(\"1970-01-02\")", "context.t = datetime(\"1970-01-02T00:00:00.000Z\") (was datetime(\"1970-01-01T00:00:00.000Z\"))")]
    [InlineData("context.t.offset(duration(\"1d\")) == datetime(\"1970-01-01\")", "context.t = datetime(\"1969-12-31T00:00:00.000Z\") (was datetime(\"1970-01-01T00:00:00.000Z\"))")]
    [InlineData("datetime(\"1970-01-01\").offset(context.d) == datetime(\"1970-01-02\")", "context.d = duration(\"1d\") (was duration(\"1m\"))")]
    [InlineData("context.d.toHours() >= 2", "context.d = duration(\"2h\") (was duration(\"1m\"))")]
    [InlineData("context.d < duration(\"0s\")", "context.d = duration(\"-1ms\") (was duration(\"1m\"))")]
    [InlineData("context.dec.lessThan(decimal(\"1.5\"))", "context.dec = decimal(\"1.4999\") (was decimal(\"1.5\"))")]
    [InlineData("context.dec.lessThanOrEqual(decimal(\"1.0\"))", "context.dec = decimal(\"1.0\") (was decimal(\"1.5\"))")]
    [InlineData("context.dec.greaterThan(decimal(\"2.0\"))", "context.dec = decimal(\"2.0001\") (was decimal(\"1.5\"))")]
    [InlineData("!context.dec.greaterThanOrEqual(decimal(\"1.5\"))", "context.dec = decimal(\"1.4999\") (was decimal(\"1.5\"))")]
    [InlineData("ip(context.ipText).isInRange(ip(\"10.0.0.0/8\"))", "context.ipText = \"10.0.0.0/8\", for example (was \"1.2.3.4\")")]
    [InlineData("ip(context.ipText).isLoopback()", "context.ipText = \"127.0.0.1\", for example (was \"1.2.3.4\")")]
    [InlineData("!ip(context.ipText).isInRange(ip(\"1.0.0.0/8\"))", "context.ipText = \"2001:db8::1\", for example (was \"1.2.3.4\")")]
    [InlineData("if context.flag then context.n == 1 else true", "context.n = 1 (was 3);context.flag = false (was true)")]
    [InlineData("context.n == 1 || context.text == \"x\"", "context.n = 1 (was 3);context.text = \"x\" (was \"abc\")")]
    [InlineData("context.n == 1 && context.text == \"x\"", "context.n = 1 (was 3) and context.text = \"x\" (was \"abc\")")]
    [InlineData("context.n > 5 && context.n < 9", "context.n = 6 (was 3)")]
    [InlineData("principal.salary < 5", "principal.salary = 4 (was 90000)")]
    [InlineData("principal.getTag(\"k\") == 1", "principal.getTag(\"k\") = 1 (was missing)")]
    [InlineData("principal.hasTag(\"k\")", "principal.getTag(\"k\") = true, for example (was missing)")]
    [InlineData("User::\"nobody\".age == 1", "User::\"nobody\".age = 1 (was missing)")]
    [InlineData("principal in Team::\"x\"", "principal User::\"ada\" in Team::\"x\"")]
    [InlineData("principal in [Team::\"x\", Team::\"y\"]", "principal User::\"ada\" in Team::\"x\";principal User::\"ada\" in Team::\"y\"")]
    [InlineData("principal is User in Team::\"x\"", "principal User::\"ada\" in Team::\"x\"")]
    [InlineData("principal is Machine in Team::\"x\"", "")]
    [InlineData("!(principal in Role::\"physician\")", "principal User::\"ada\" not in Role::\"physician\"")]
    [InlineData("principal == User::\"bob\"", "")]
    [InlineData("action in Action::\"write\"", "")]
    [InlineData("context.n + 9223372036854775807 == -5", "")]
    [InlineData("false", "")]
    [InlineData("Role::\"physician\" in User::\"ada\"", "")]
    public void What_failed_proposes_what_would_do(string condition, string expected) =>
        string.Join(';', Hospital.Of(condition, Context).Counterfactuals.Texts()).ShouldBe(expected);

    [Fact]
    public void A_stale_second_factor_is_put_right_by_a_fresh_one()
    {
        var now = new DatetimeValue(10_000_000_000);
        var context = RecordValue.Of(
            ("now", now), ("assuranceLevel", Value.Of(2)), ("authenticatedAt", new DatetimeValue(now.EpochMilliseconds - 3_600_000)));
        EntityStore entities = With(Hospital.Study, "status", Value.Of("preliminary"));

        Explanation explanation = Explainer.Explain(Hospital.Set, Hospital.Ask(Hospital.Ada, "delete", context), entities);

        explanation.SatisfiedForbids.ShouldHaveSingleItem().Policy.Id.ShouldBe("fresh-second-factor");
        Change change = explanation.Counterfactuals[1].Changes.ShouldHaveSingleItem();
        change.Place.Root.ShouldBe(PlaceRoot.Context);
        change.Place.ToString().ShouldBe("context.authenticatedAt");
        change.To.ShouldBe(new DatetimeValue(now.EpochMilliseconds - 900_000));
        change.Kind.ShouldBe(ChangeKind.Set);
    }

    [Fact]
    public void Permit_and_forbid_are_put_right_together()
    {
        var now = new DatetimeValue(10_000_000_000);

        Explanation explanation = Explainer.Explain(
            Hospital.Set, Hospital.Ask(Hospital.Ada, "delete", RecordValue.Of(("now", now), ("authenticatedAt", now))), Hospital.Entities);

        explanation.NearestPermits.ShouldHaveSingleItem().Policy.Id.ShouldBe("physician-delete");
        explanation.Counterfactuals.Texts().ShouldBe(["context.assuranceLevel = 2 (was missing) and resource.status = \"preliminary\" (was \"final\")"]);
        explanation.Counterfactuals[0].Changes.Select(change => change.Place.Root).ShouldBe([PlaceRoot.Resource, PlaceRoot.Context], ignoreOrder: true);
    }

    [Fact]
    public void A_change_that_would_wake_another_forbid_is_extended_or_left_out()
    {
        PolicySet policies = PolicySet.Parse(
            """
            permit(principal, action, resource) when { context.n == 1 };
            forbid(principal, action, resource) when { context.n == 1 && context.flag };
            """);

        Explanation explanation = Explainer.Explain(policies, Hospital.Ask(Hospital.Ada, "view", Context), Hospital.Entities);

        explanation.Counterfactuals.Texts().ShouldBe(["context.n = 1 (was 3) and context.flag = false (was true)"]);
    }

    [Fact]
    public void The_bound_on_evaluations_holds_and_is_reported()
    {
        string condition = string.Join(" && ", Enumerable.Range(0, 30).Select(i => $"(context.a{i} == 1 || context.b{i} == 1)"));
        var options = new ExplanationOptions { EvaluationsMax = 7, ChangesMax = 40 };

        Explanation explanation = Hospital.Of($"({condition}) && context.n == 1 && context.n == 2", Context, options: options);

        explanation.Evaluations.ShouldBe(7);
        explanation.EvaluationsBoundReached.ShouldBeTrue();
        explanation.Counterfactuals.ShouldBeEmpty();
        explanation.ToText().ShouldContain("The search stopped after 7 evaluations");
    }

    [Fact]
    public void Thousands_of_comparisons_of_one_datum_end_at_a_bound()
    {
        string condition = string.Join(" && ", Enumerable.Range(4, 9_000).Select(i => $"context.n > {i}"));

        Explanation explanation = Hospital.Of($"{condition} && context.n < 5", Context);

        explanation.EvaluationsBoundReached.ShouldBeTrue();
        explanation.Counterfactuals.ShouldBeEmpty();
    }

    [Fact]
    public void A_search_that_ends_by_itself_says_that_too() =>
        Hospital.Of("context.n == 1", Context).EvaluationsBoundReached.ShouldBeFalse();

    [Fact]
    public void Changes_that_do_not_fit_the_world_they_are_applied_to_are_refused()
    {
        Counterfactual found = Hospital.Of("context has r.x && context.r.x == 1").Counterfactuals.ShouldHaveSingleItem();

        Should.Throw<ArgumentException>(() => found.ApplyTo(
            Hospital.Ask(Hospital.Ada, "view", RecordValue.Of(("r", Value.Of(1)))), Hospital.Entities));
    }

    [Fact]
    public void Every_counterfactual_of_a_random_denial_allows_and_needs_all_of_its_changes()
    {
        int found = 0;
        int composed = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            CompiledPolicySet policies = Conditions(random).Compile();
            var world = new RandomWorld(random);
            EntityStore entities = world.Entities();
            for (int i = 0; i < 4; i++)
            {
                Request request = world.Request();
                Explanation explanation = Explainer.Explain(policies, in request, entities);
                explanation.Evaluations.ShouldBeLessThanOrEqualTo(200);
                foreach (Counterfactual counterfactual in explanation.Counterfactuals)
                {
                    found++;
                    composed += counterfactual.Changes.Count > 1 ? 1 : 0;
                    string where = $"seed {seed}, request {i}: {counterfactual}";
                    Allows(policies, ChangeSet.Of(counterfactual.Changes), request, entities).ShouldBeTrue(where);
                    foreach (Change change in explanation.EvaluationsBoundReached ? [] : counterfactual.Changes)
                    {
                        Allows(policies, ChangeSet.Of(counterfactual.Changes).Without(change), request, entities).ShouldBeFalse(where);
                    }
                }
            }
        }

        found.ShouldBeGreaterThan(200);
        composed.ShouldBeGreaterThan(15);
    }

    // Conditions alone: what a random scope asks for is mostly a principal that is somebody else, which nothing can change.
    private static PolicySet Conditions(Random random)
    {
        var expressions = new RandomExpressions(random);
        PolicyTree everybody = PolicySet.Parse("permit(principal, action, resource);").Policies[0].Tree;
        return PolicySet.Parse(string.Join('\n', Enumerable.Range(0, 4).Select(i => PolicyPrinter.Print(everybody with
        {
            Effect = i == 3 ? Effect.Forbid : Effect.Permit,
            Conditions = [new Condition(0, IsUnless: false, expressions.Boolean(3))],
        }))));
    }

    private static bool Allows(CompiledPolicySet policies, ChangeSet changes, Request request, IEntities entities) =>
        ChangedWorld.Apply(changes, request, entities) is var (changedRequest, changedEntities)
        && policies.Evaluate(in changedRequest, changedEntities).Decision == Decision.Allow;

    private static EntityStore With(EntityUid uid, string name, Value value) => EntityStore.Create(Hospital.Entities.Entities.Select(entity =>
        entity.Uid != uid ? entity : new Entity(uid, RecordValue.Of((name, value)), entity.Parents)));
}
