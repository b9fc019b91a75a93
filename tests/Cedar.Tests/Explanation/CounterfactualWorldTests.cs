using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Explaining;

/// <summary>Counterfactuals of random hospitals: each is made by hand in a copy of the world, and the world asked again.</summary>
public sealed class CounterfactualWorldTests
{
    private static readonly EntityUid[] People = [new("User", "ada"), new("User", "bob"), new("User", "eve")];
    private static readonly EntityUid[] Roles = [new("Role", "physician"), new("Role", "nurse"), new("Role", "staff"), new("Team", "night")];
    private static readonly EntityUid[] Studies = [new("Study", "s1"), new("Study", "s2")];
    private static readonly EntityUid[] Actions = [new("Action", "view"), new("Action", "delete"), new("Action", "read")];

    // Two questions each about numbers, texts, sets, times, groups, tags, addresses and what is missing.
    private static readonly string[] Questions =
    [
        "context.level >= 2", "principal.age < 40", "resource.weight * 2 - 1 == 9", "context.word == \"open\"", "resource.status != \"final\"", "principal.name like \"a*\"",
        "resource.readers.contains(principal)", "context.codes.containsAll([1, 4])", "!context.codes.containsAny([2, 3])", "context.codes.isEmpty()", "[1, 7].contains(context.level)",
        "context.now < datetime(\"2024-06-01\")", "context.now.durationSince(resource.made) <= duration(\"2h\")", "context.now.toTime() >= duration(\"7h\")", "resource.made.offset(duration(\"1d\")) > context.now",
        "principal in Role::\"physician\"", "principal in [Role::\"nurse\", Team::\"night\"]", "!(principal in Role::\"staff\")", "resource in principal", "resource.owner == principal",
        "principal.hasTag(\"badge\")", "principal.getTag(\"badge\") == \"gold\"", "!principal.hasTag(\"banned\")", "resource.owner.age > 30", "resource.owner in Role::\"staff\"",
        "ip(context.from).isInRange(ip(\"10.0.0.0/8\"))", "ip(context.from).isLoopback()", "context.price.lessThan(decimal(\"2.0\"))", "!context.price.greaterThanOrEqual(decimal(\"1.5\"))",
        "context has mfa", "context has mfa && context.mfa", "context has session.age && context.session.age < 5", "!(resource has locked)", "context.emergency",
        "if context.emergency then principal in Role::\"physician\" else context.level == 9", "User::\"eve\".age > 50", "User::\"eve\".age + 1 == 20", "principal is User in Role::\"nurse\"",
    ];

    [Fact]
    public void Every_counterfactual_turns_the_decision_when_it_is_made_by_hand()
    {
        int denied = 0;
        int made = 0;
        int several = 0;
        var kinds = new HashSet<(ChangeKind, PlaceKind, PlaceRoot)>();
        for (int seed = 0; seed < 700; seed++)
        {
            var random = new Random(seed);
            string text = Policies(random);
            CompiledPolicySet policies = PolicySet.Parse(text).Compile();
            EntityStore entities = Entities(random);
            Request request = Ask(random);
            Explanation explanation = Explainer.Explain(policies, request, entities, new() { ChangesMax = 1 + random.Next(4) });
            explanation.Response.Decision.ShouldBe(policies.Evaluate(in request, entities).Decision);
            denied += explanation.Response.Decision == Decision.Deny ? 1 : 0;
            foreach (Counterfactual counterfactual in explanation.Counterfactuals)
            {
                string where = $"seed {seed}: {counterfactual}\n{text}";
                made++;
                several += counterfactual.Changes.Count > 1 ? 1 : 0;
                kinds.UnionWith(counterfactual.Changes.Select(change => (change.Kind, change.Place.Kind, change.Place.Root)));
                Response after = MutableWorld.After(policies, request, entities, counterfactual.Changes);
                after.Decision.ShouldBe(Decision.Allow, where);
                FailsAnew(after, explanation.Response).ShouldBeFalse(where);
                (Request Request, IEntities Entities) applied = counterfactual.ApplyTo(in request, entities);
                policies.Evaluate(applied.Request, applied.Entities).Decision.ShouldBe(Decision.Allow, where);
                counterfactual.Changes.ShouldAllBe(change => change.Place.IsChangeable);
                foreach (Change change in counterfactual.Changes.Where(change => change.Kind == ChangeKind.Set))
                {
                    change.From.ShouldBe(MutableWorld.ValueAt(change.Place, request, entities), where);
                }
            }
        }

        denied.ShouldBeGreaterThan(250);
        made.ShouldBeGreaterThan(500);
        several.ShouldBeGreaterThan(100);
        kinds.Select(kind => kind.Item1).Distinct().Order().ShouldBe(Enum.GetValues<ChangeKind>());
        kinds.Select(kind => kind.Item3).Distinct().Order().ShouldBe([PlaceRoot.Principal, PlaceRoot.Resource, PlaceRoot.Context, PlaceRoot.Entity]);
    }

    [Fact]
    public void No_counterfactual_holds_a_change_that_is_not_needed_nor_another_counterfactual()
    {
        int compared = 0;
        for (int seed = 1_000; seed < 1_250; seed++)
        {
            var random = new Random(seed);
            string text = Policies(random);
            CompiledPolicySet policies = PolicySet.Parse(text).Compile();
            EntityStore entities = Entities(random);
            Request request = Ask(random);
            Explanation explanation = Explainer.Explain(policies, request, entities, new() { EvaluationsMax = 5_000 });
            HashSet<string>[] sets = [.. explanation.Counterfactuals.Select(one => one.Changes.Select(change => change.ToString()).ToHashSet())];
            for (int i = 0; i < sets.Length; i++)
            {
                IReadOnlyList<Change> changes = explanation.Counterfactuals[i].Changes;
                foreach (Change change in changes)
                {
                    Response without = MutableWorld.After(policies, request, entities, changes.Where(other => other != change));
                    (without.Decision == Decision.Deny || FailsAnew(without, explanation.Response))
                        .ShouldBeTrue($"seed {seed}: {explanation.Counterfactuals[i]} without {change}\n{text}");
                }

                sets.Where((other, j) => j != i && other.IsSubsetOf(sets[i])).ShouldBeEmpty($"seed {seed}: {explanation.Counterfactuals[i]}");
                compared++;
            }

            explanation.Counterfactuals.Select(one => one.Changes.Count).ShouldBeInOrder();
        }

        compared.ShouldBeGreaterThan(200);
    }

    /// <summary>Whether a forbid cannot be evaluated that could be before: a permission that rests on that is none.</summary>
    private static bool FailsAnew(Response after, Response before) =>
        after.Errors.Any(error => error.Effect == Effect.Forbid && !before.Errors.Any(known => known.Policy == error.Policy));

    [Fact]
    public void A_search_is_the_same_every_time_and_in_every_thread()
    {
        PolicySet policies = PolicySet.Parse(Policies(new Random(7)));
        CompiledPolicySet compiled = policies.Compile();
        EntityStore entities = Entities(new Random(7));
        Request[] requests = [.. Enumerable.Range(0, 20).Select(seed => Ask(new Random(seed)))];
        string[] once = [.. requests.Select(request => Explainer.Explain(policies, request, entities).ToText())];

        Parallel.For(0, 200, i => Explainer.Explain(compiled, requests[i % 20], entities).ToText().ShouldBe(once[i % 20]));

        once.Distinct().Count().ShouldBeGreaterThan(5);
    }

    private static string Policies(Random random) => string.Join('\n', Enumerable.Range(0, 2 + random.Next(5)).Select(i =>
    {
        string effect = i > 0 && random.Next(3) == 0 ? "forbid" : "permit";
        string principal = One(random, ["principal", "principal", "principal is User", "principal in Role::\"nurse\"", "principal is User in Role::\"staff\""]);
        string action = One(random, ["action", "action", "action in Action::\"read\"", "action == Action::\"view\""]);
        string condition = string.Join(One(random, [" && ", " || "]), Enumerable.Range(0, 1 + random.Next(3)).Select(_ => $"({One(random, Questions)})"));
        return $"{effect}({principal}, {action}, resource) {One(random, ["when", "when", "unless"])} {{ {condition} }};";
    }));

    private static Request Ask(Random random) => new(One(random, People), One(random, Actions), One(random, Studies), RecordValue.Of(
    [
        .. new (string, Value)[]
        {
            ("level", Value.Of(random.Next(10))), ("word", Value.Of(One(random, ["open", "shut"]))), ("codes", Numbers(random)), ("emergency", Value.Of(random.Next(2) == 0)),
            ("now", new DatetimeValue(1_717_000_000_000 + (random.Next(10) * 86_400_000L) + random.Next(86_400_000))), ("from", Value.Of(One(random, ["10.1.2.3", "127.0.0.1", "nowhere"]))),
            ("price", new DecimalValue(random.Next(30_000))), ("mfa", Value.Of(random.Next(2) == 0)), ("session", RecordValue.Of(("age", Value.Of(random.Next(10))))),
        }.Where(_ => random.Next(5) > 0),
    ]));

    private static EntityStore Entities(Random random) => EntityStore.Create(
    [
        .. People.Select(person => new Entity(
            person,
            RecordValue.Of(("age", Value.Of(20 + random.Next(50))), ("name", Value.Of(One(random, ["ann", "bea"])))),
            Roles.Where(_ => random.Next(3) == 0),
            RecordValue.Of([.. new[] { "badge", "banned" }.Where(_ => random.Next(2) == 0).Select(name => (name, (Value)Value.Of(One(random, ["gold", "tin"]))))]))),
        new Entity(Roles[0], null, [Roles[2]]), new Entity(Roles[1], null, random.Next(2) == 0 ? [Roles[2]] : []), new Entity(Roles[3], null, [Roles[1]]),
        new Entity(Actions[0], null, [Actions[2]]),
        .. Studies.Where(_ => random.Next(6) > 0).Select(study => new Entity(study, RecordValue.Of(
        [
            .. new (string, Value)[]
            {
                ("weight", Value.Of(random.Next(10))), ("status", Value.Of(One(random, ["final", "draft"]))), ("readers", new SetValue(People.Where(_ => random.Next(2) == 0))),
                ("made", new DatetimeValue(1_717_000_000_000 + (random.Next(10) * 86_400_000L))), ("owner", One(random, People)), ("locked", Value.Of(true)),
            }.Where(_ => random.Next(4) > 0),
        ]))),
    ]);

    private static SetValue Numbers(Random random) => new(Enumerable.Range(0, 5).Where(_ => random.Next(2) == 0).Select(number => Value.Of(number)));

    private static T One<T>(Random random, T[] choices) => choices[random.Next(choices.Length)];
}
