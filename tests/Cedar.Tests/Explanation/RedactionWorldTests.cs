namespace AccessGov.Cedar.Tests.Explaining;

/// <summary>
/// Random policies over data of which some may not be shown. Everything secret has the digits 7777 in it, which no policy has: an
/// explanation that shows them, or a number beside one, has told.
/// </summary>
public sealed class RedactionWorldTests
{
    private const string Secret = "7777";

    private static readonly EntityUid Owner = new("User", "secret-7777");
    private static readonly EntityUid Team = new("Team", "secret-7777");

    private static readonly string[] Questions =
    [
        "principal.pin < 5", "principal.pin == 3", "principal.pin != principal.pin", "context.limit == principal.pin", "context.limit > principal.pin", "principal.pin + 1 == 3",
        "context.limit - principal.pin > 4", "principal.pin * 2 < context.limit", "-(principal.pin) > 3", "9223372036854775807 + principal.pin > 0", "principal.pin > \"x\"", "principal.pin",
        "[principal.pin, 1].contains(context.limit)", "[1].contains(principal.pin)", "principal.codes.contains(context.limit)", "!principal.codes.contains(7)", "principal.codes.containsAll([1])",
        "context.set.containsAny(principal.codes)", "principal.codes.isEmpty()", "principal.codes == context.set", "context.set.containsAll([principal.pin])",
        "principal.word == context.word", "principal.word == \"open\"", "principal.word like \"x*\"", "!(principal.word like \"*\")", "principal.word.more == 1", "principal.word in principal", "principal.word < 3",
        "ip(principal.word).isIpv4()", "duration(principal.word) < duration(\"1s\")", "context.now.offset(principal.shift) < context.now", "principal.shift.toMilliseconds() == 5", "context.now.toTime() > principal.shift",
        "principal.price.lessThan(decimal(\"1.0\"))", "decimal(\"9.9\").greaterThan(principal.price)", "principal.home.isInRange(ip(\"10.0.0.0/8\"))", "ip(\"10.0.0.1\").isInRange(principal.home)", "principal.home.isLoopback()",
        "principal.record.inner.pin == 1", "principal.record == context.record", "principal.record.inner == {}", "principal has record.inner.pin", "!(principal has record.inner.pin)", "{a: principal.pin} == {a: 1}",
        "{a: principal.pin}.a == context.limit", "(if context.flag then principal.pin else 0) > context.limit", "(if principal.pin == 3 then principal.word else context.word) == \"x\"",
        "principal.getTag(\"pin\") == 1", "principal.hasTag(\"pin\")", "!principal.hasTag(\"pin\")", "principal.getTag(principal.word) == 1", "principal.hasTag(principal.word)", "context.map.hasTag(principal.word)",
        "resource.owner == principal", "resource.owner.level > 3", "resource.owner.missing == 1", "resource.owner has level", "resource.owner has boss.level", "resource.owner.boss.level == 1", "resource.owner in Role::\"x\"",
        "resource.owner is Robot", "resource.owner.hasTag(\"k\")", "resource.owner.getTag(\"k\") == 1", "principal in resource.team", "!(principal in resource.team)", "principal in [resource.team, Role::\"x\"]",
        "principal is User in resource.team", "[resource.owner].contains(principal)", "[principal].contains(resource.owner)", "resource.owner.level + context.limit == 3", "(if context.flag then resource.owner else principal).level == 2",
        "context.limit == 9", "context.flag", "context has other", "principal in Role::\"x\"",
    ];

    [Fact]
    public void What_may_not_be_shown_is_in_no_written_form_of_an_explanation()
    {
        int shownSecrets = 0;
        int changes = 0;
        for (int seed = 0; seed < 1_500; seed++)
        {
            var random = new Random(seed);
            string policies = seed < Questions.Length ? $"permit(principal, action, resource) when {{ {Questions[seed]} }};" : Policies(random);
            PolicySet set = PolicySet.Parse(policies);
            Explanation open = Explainer.Explain(set, Ask(random), Entities(), new() { IncludeUnmatched = true });
            Explanation hidden = Explainer.Explain(set, open.Request, Entities(), new() { IncludeUnmatched = true, MayShow = MayShow });

            foreach (string written in Written(hidden))
            {
                written.ShouldNotContain(Secret, Case.Sensitive, $"seed {seed}: {policies}");
            }

            hidden.Response.Decision.ShouldBe(open.Response.Decision);
            hidden.Policies.Select(policy => policy.Outcome).ShouldBe(open.Policies.Select(policy => policy.Outcome), $"seed {seed}: {policies}");
            hidden.NearestPermits.Select(near => (near.Policy, near.DataToChange, near.Fixed)).ShouldBe(open.NearestPermits.Select(near => (near.Policy, near.DataToChange, near.Fixed)));
            shownSecrets += Written(open).Any(written => written.Contains(Secret, StringComparison.Ordinal)) ? 1 : 0;
            changes += hidden.Counterfactuals.Count;
        }

        // The same explanations without hiding do show it, or this proves nothing.
        shownSecrets.ShouldBeGreaterThan(700);
        changes.ShouldBeGreaterThan(500);
    }

    [Fact]
    public void A_value_that_an_earlier_change_of_the_search_would_set_is_not_told_as_what_was_there()
    {
        PolicySet policies = PolicySet.Parse(
            "permit(principal, action, resource) when { if -(principal.pin) > 3 then [principal.pin, 1].contains(context.limit) else context.missing };"
            + "permit(principal, action, resource) when { context.limit == principal.pin && principal.pin < 5 };");
        Explanation explanation = Explainer.Explain(policies, Ask(new Random(1)), Entities(), new() { MayShow = MayShow });

        Change[] limits = [.. explanation.Counterfactuals.SelectMany(one => one.Changes).Where(change => change.Place.ToString() == "context.limit")];
        limits.ShouldNotBeEmpty();
        limits.ShouldAllBe(change => change.From!.Equals(explanation.Request.Context.Find("limit")));
    }

    [Fact]
    public void What_is_hidden_is_marked_and_what_is_not_is_shown_as_without_hiding()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            PolicySet set = PolicySet.Parse(Policies(random));
            Request request = Ask(random);
            Explanation all = Explainer.Explain(set, request, Entities(), new() { MayShow = _ => true });
            Explanation open = Explainer.Explain(set, request, Entities());
            Explanation none = Explainer.Explain(set, request, Entities(), new() { MayShow = _ => false });

            all.ToText().ShouldBe(open.ToText(), $"seed {seed}");
            all.ToJson().ToString().ShouldBe(open.ToJson().ToString(), $"seed {seed}");
            foreach (ExplanationNode node in none.Policies.SelectMany(policy => policy.Conditions).SelectMany(AllOf).Where(node => node.Place is not null && node.Kind is "attribute" or "getTag"))
            {
                node.IsHidden.ShouldBeTrue($"seed {seed}: {node}");
                node.Value.ShouldBeNull();
                (node.Error?.Message ?? ExplanationNode.HiddenMarker).ShouldBe(ExplanationNode.HiddenMarker);
            }
        }
    }

    private static bool MayShow(ValuePlace place) => place.Entity == Owner || place.Path.Count == 0
        ? place.Entity != Owner
        : place.ToString() is not ("principal.pin" or "principal.codes" or "principal.word" or "principal.shift" or "principal.price" or "principal.home" or "principal.record.inner.pin"
            or "principal.getTag(\"pin\")" or "resource.owner" or "resource.team");

    private static IEnumerable<string> Written(Explanation explanation) =>
    [
        explanation.ToText(), explanation.ToJson().ToString(), string.Join('\n', explanation.Counterfactuals),
        string.Join('\n', explanation.NearestPermits.SelectMany(near => near.Failing).Concat(explanation.SatisfiedForbids.SelectMany(forbid => forbid.Causes))),
        string.Join('\n', explanation.Counterfactuals.SelectMany(one => one.Changes).Select(change => $"{change.From} {change.To} {change.Place}")),
        string.Join('\n', explanation.Policies.SelectMany(policy => policy.Conditions).SelectMany(AllOf).Select(node => $"{node.Value} {node.Error} {node.Place} {node}")),
        string.Join('\n', explanation.Policies.Select(policy => policy.Error)),
    ];

    private static IEnumerable<ExplanationNode> AllOf(ExplanationNode node) => node.Children.SelectMany(AllOf).Prepend(node);

    private static string Policies(Random random) => string.Join('\n', Enumerable.Range(0, 1 + random.Next(3)).Select(i =>
        $"{(i > 0 && random.Next(2) == 0 ? "forbid" : "permit")}(principal, action, resource) {(random.Next(3) == 0 ? "unless" : "when")} {{ {Condition(random)} }};"));

    private static string Condition(Random random) => random.Next(4) switch
    {
        0 => One(random),
        1 => $"({One(random)}) && ({One(random)})",
        2 => $"({One(random)}) || !({One(random)})",
        _ => $"if {One(random)} then {One(random)} else {One(random)}",
    };

    private static string One(Random random) => Questions[random.Next(Questions.Length)];

    private static Request Ask(Random random) => new(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Of(
        ("limit", Value.Of(random.Next(10))), ("word", Value.Of("open")), ("flag", Value.Of(random.Next(2) == 0)), ("set", new SetValue(Value.Of(1))), ("record", RecordValue.Empty),
        ("now", new DatetimeValue(0)), ("map", Cedar.Alice)));

    private static EntityStore Entities() => EntityStore.Create(
    [
        new Entity(
            Cedar.Alice,
            RecordValue.Of(
                ("pin", Value.Of(77_770)), ("codes", new SetValue(Value.Of(77_771), Value.Of(7))), ("word", Value.Of("7777s")), ("shift", new DurationValue(7_777_000)), ("price", new DecimalValue(77_770_000)),
                ("home", IpAddressValue.FromBytes([0x77, 0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])), ("level", Value.Of(1)),
                ("record", RecordValue.Of(("inner", RecordValue.Of(("pin", Value.Of("7777"))))))),
            [Team], RecordValue.Of(("pin", Value.Of(-77_770)))),
        new Entity(Owner, RecordValue.Of(("level", Value.Of(77_775)), ("boss", Owner)), null, RecordValue.Of(("k", Value.Of(77_776)))),
        new Entity(Cedar.Photo, RecordValue.Of(("owner", Owner), ("team", Team))),
        new Entity(Team),
    ]);
}
