using AccessGov.Cedar.Tests.Language;

namespace AccessGov.Cedar.Tests.Explaining;

/// <summary>
/// Every form of expression as a node: ✓ true, ✗ false, = a value, ! an error, · not reached; its kind, the value behind a colon, the
/// children in brackets.
/// </summary>
public sealed class NodeFormTests
{
    public static TheoryData<string, string> Logic => Ward.Table(
        """
        context.yes => ✓attribute
        context.no => ✗attribute
        context.n => =attribute:5
        context.nope => !attribute
        context.yes && context.no => ✗&&[✓attribute ✗attribute]
        context.no && context.yes => ✗&&[✗attribute ·attribute]
        context.yes && context.yes && context.yes => ✓&&[✓attribute ✓attribute ✓attribute]
        context.nope && context.yes => !&&[!attribute ·attribute]
        context.yes && context.n && context.yes => !&&[✓attribute =attribute:5 ·attribute]
        context.no || context.yes => ✓||[✗attribute ✓attribute]
        context.no || context.no => ✗||[✗attribute ✗attribute]
        context.yes || context.nope => ✓||[✓attribute ·attribute]
        context.no || context.nope || context.yes => !||[✗attribute !attribute ·attribute]
        context.no && context.yes || context.yes => ✓||[✗&&[✗attribute ·attribute] ✓attribute]
        context.yes && (context.no || context.yes) => ✓&&[✓attribute ✓||[✗attribute ✓attribute]]
        !context.yes => ✗![✓attribute]
        !context.no => ✓![✗attribute]
        !context.n => !![=attribute:5]
        !(context.no && context.yes) => ✓![✗&&[✗attribute ·attribute]]
        if context.yes then context.no else context.nope => ✗if[✓attribute ✗attribute ·attribute]
        if context.no then context.nope else context.yes => ✓if[✗attribute ·attribute ✓attribute]
        if context.nope then context.no else context.yes => !if[!attribute ·attribute ·attribute]
        if context.n then context.no else context.yes => !if[=attribute:5 ·attribute ·attribute]
        if context.yes then context.n else context.zero => =if:5[✓attribute =attribute:5 ·attribute]
        (if context.yes then context.n else context.zero) == 5 => ✓==[=if:5[✓attribute =attribute:5 ·attribute]]
        (if context.yes then principal else resource) has age => ✓has[=if:User::"alice"[✓attribute]]
        """);

    public static TheoryData<string, string> Comparisons => Ward.Table(
        """
        context.n == 5 => ✓==[=attribute:5]
        context.n == 6 => ✗==[=attribute:5]
        context.n != 6 => ✓!=[=attribute:5]
        context.n != 5 => ✗!=[=attribute:5]
        context.nope == 6 => !==[!attribute]
        6 != context.nope => !!=[!attribute]
        context.nope == context.n => !==[!attribute ·attribute]
        context.n == context.nope => !==[=attribute:5 !attribute]
        principal == context.who => ✓==[=attribute:User::"alice"]
        principal == resource => ✗==
        context == {} => ✗==
        context.n < 6 => ✓<[=attribute:5]
        context.n < 5 => ✗<[=attribute:5]
        context.n <= 5 => ✓<=[=attribute:5]
        context.n <= 4 => ✗<=[=attribute:5]
        context.n > context.zero => ✓>[=attribute:5 =attribute:0]
        context.zero > context.n => ✗>[=attribute:0 =attribute:5]
        context.n >= 5 => ✓>=[=attribute:5]
        context.n >= 6 => ✗>=[=attribute:5]
        context.n >= context.nope => !>=[=attribute:5 !attribute]
        context.nope < context.n => !<[!attribute ·attribute]
        context.s < 5 => !<[=attribute:"text"]
        context.day < datetime("2025-01-01") => ✓<[=attribute:datetime("2024-02-29T00:00:00.000Z")]
        context.span > duration("2h") => ✗>[=attribute:duration("3600000ms")]
        context.s like "t*" => ✓like[=attribute:"text"]
        context.s like "x*" => ✗like[=attribute:"text"]
        context.n like "x*" => !like[=attribute:5]
        context.nope like "x*" => !like[!attribute]
        context.n + 1 == 6 => ✓==[=+:6[=attribute:5]]
        context.n - context.zero == 6 => ✗==[=-:5[=attribute:5 =attribute:0]]
        context.n * 2 + 1 == 11 => ✓==[=+:11[=*:10[=attribute:5]]]
        context.n * 9223372036854775807 == 10 => !==[!*[=attribute:5]]
        context.nope + context.n == 10 => !==[!+[!attribute ·attribute]]
        -(context.n) == -5 => ✓==[=-:-5[=attribute:5]]
        -(context.s) == -5 => !==[!-[=attribute:"text"]]
        """);

    public static TheoryData<string, string> Entities => Ward.Table(
        """
        principal in Group::"staff" => ✓in
        principal in Group::"board" => ✗in
        principal in [Group::"board", Group::"night"] => ✓in
        principal.boss in Group::"staff" => ✓in[=attribute:User::"bob"]
        principal.nope in Group::"staff" => !in[!attribute]
        principal in resource.groups => ✓in[=attribute:[Group::"everybody"]]
        principal in resource.mixed => !in[=attribute:[User::"alice", 1]]
        context.who in principal.nope => !in[=attribute:User::"alice" !attribute]
        context.nope in principal.boss => !in[!attribute ·attribute]
        context.n in principal.boss => !in[=attribute:5 =attribute:User::"bob"]
        principal is User => ✓is
        resource is User => ✗is
        context.who is User => ✓is[=attribute:User::"alice"]
        context.n is User => !is[=attribute:5]
        principal is User in Group::"staff" => ✓is
        principal is User in Group::"board" => ✗is
        context.who is Group in context.nope => ✗is[=attribute:User::"alice" ·attribute]
        context.who is User in context.nope => !is[=attribute:User::"alice" !attribute]
        context.nope is User in context.who => !is[!attribute ·attribute]
        principal has age => ✓has
        principal has nope => ✗has
        principal.ghost has age => ✗has
        context.n has age => !has
        context has rec.a.b.c => ✓has
        context has rec.a.x.c => ✗has
        context has n.more => !has
        context.nope has age => !has
        principal.age == 41 => ✓==[=attribute:41]
        principal.boss.age == 60 => ✓==[=attribute:60]
        User::"bob".age + 1 == 61 => ✓==[=+:61[=attribute:60]]
        User::"alice".getTag("level") > 5 => ✗>[=getTag:3]
        principal.ghost.age == 1 => !==[!attribute]
        context.rec.a.b.c == 1 => ✓==[=attribute:1]
        context.n.more == 1 => !==[!attribute]
        principal.hasTag("shift") => ✓hasTag
        principal.hasTag("nope") => ✗hasTag
        principal.ghost.hasTag("nope") => ✗hasTag
        principal.hasTag(context.s) => ✗hasTag[=attribute:"text"]
        principal.hasTag(context.n) => !hasTag[=attribute:5]
        principal.getTag("shift") == "night" => ✓==[=getTag:"night"]
        principal.getTag("nope") == "night" => !==[!getTag]
        principal.boss.getTag("shift") == 1 => !==[!getTag]
        principal.getTag(context.s) == 1 => !==[!getTag[=attribute:"text"]]
        principal.nope.getTag(context.s) == 1 => !==[!getTag[·attribute]]
        """);

    public static TheoryData<string, string> Collections => Ward.Table(
        """
        context.set.contains(2) => ✓contains[=attribute:[1, 2, 3]]
        context.set.contains(context.n) => ✗contains[=attribute:[1, 2, 3] =attribute:5]
        context.set.contains(context.nope) => !contains[=attribute:[1, 2, 3] !attribute]
        context.nope.contains(context.n) => !contains[!attribute ·attribute]
        context.n.contains(5) => !contains[=attribute:5]
        [4, 5].contains(context.n) => ✓contains[=attribute:5]
        context.set.containsAll([1, context.n]) => ✗containsAll[=attribute:[1, 2, 3] =set:[1, 5][=attribute:5]]
        context.set.containsAll(context.empty) => ✓containsAll[=attribute:[1, 2, 3] =attribute:[]]
        context.set.containsAll(context.n) => !containsAll[=attribute:[1, 2, 3] =attribute:5]
        context.set.containsAny([1, context.n]) => ✓containsAny[=attribute:[1, 2, 3] =set:[1, 5][=attribute:5]]
        context.set.containsAny(context.empty) => ✗containsAny[=attribute:[1, 2, 3] =attribute:[]]
        context.n.containsAny([1]) => !containsAny[=attribute:5]
        context.empty.isEmpty() => ✓isEmpty[=attribute:[]]
        context.set.isEmpty() => ✗isEmpty[=attribute:[1, 2, 3]]
        context.n.isEmpty() => !isEmpty[=attribute:5]
        [context.n, 1] == [1, 5] => ✓==[=set:[5, 1][=attribute:5]]
        [context.n, context.nope] == 1 => !==[!set[=attribute:5 !attribute]]
        [context.nope, context.n] == 1 => !==[!set[!attribute ·attribute]]
        {a: context.n} == {a: 5} => ✓==[=record:{"a": 5}[=attribute:5]]
        {a: context.n}.a == 5 => ✓==[=attribute:5[=record:{"a": 5}[=attribute:5]]]
        {a: context.n} has b => ✗has[=record:{"a": 5}[=attribute:5]]
        {a: context.nope, b: context.n} has a => !has[!record[!attribute ·attribute]]
        context.ip.isIpv4() => ✓isIpv4[=attribute:ip("10.0.0.1")]
        context.ip.isLoopback() => ✗isLoopback[=attribute:ip("10.0.0.1")]
        context.ip.isInRange(ip("11.0.0.0/8")) => ✗isInRange[=attribute:ip("10.0.0.1")]
        context.n.isInRange(context.ip) => !isInRange[=attribute:5 =attribute:ip("10.0.0.1")]
        ip(context.s).isIpv4() => !isIpv4[!ip[=attribute:"text"]]
        context.dec.lessThan(decimal("2.0")) => ✓lessThan[=attribute:decimal("1.5")]
        context.dec.greaterThan(context.n) => !greaterThan[=attribute:decimal("1.5") =attribute:5]
        context.day.offset(context.span) > datetime("2024-02-29") => ✓>[=offset:datetime("2024-02-29T01:00:00.000Z")[=attribute:datetime("2024-02-29T00:00:00.000Z") =attribute:duration("3600000ms")]]
        context.day.toTime() == duration("1h") => ✗==[=toTime:duration("0ms")[=attribute:datetime("2024-02-29T00:00:00.000Z")]]
        context.span.toHours() == 1 => ✓==[=toHours:1[=attribute:duration("3600000ms")]]
        context.day.durationSince(context.nope) == 1 => !==[!durationSince[=attribute:datetime("2024-02-29T00:00:00.000Z") !attribute]]
        """);

    public static TheoryData<string, string> All => Ward.Join(Logic, Comparisons, Entities, Collections);

    public static TheoryData<string> Expressions => Ward.Expressions(All);

    [Theory]
    [MemberData(nameof(Logic))]
    public void Logic_shows_which_operand_decided(string expression, string expected) => Sketch(Body(expression)).ShouldBe(expected);

    [Theory]
    [MemberData(nameof(Comparisons))]
    public void Comparisons_and_arithmetic_show_what_was_compared(string expression, string expected) => Sketch(Body(expression)).ShouldBe(expected);

    [Theory]
    [MemberData(nameof(Entities))]
    public void Questions_about_entities_show_what_was_read(string expression, string expected) => Sketch(Body(expression)).ShouldBe(expected);

    [Theory]
    [MemberData(nameof(Collections))]
    public void Sets_records_and_calls_show_their_parts(string expression, string expected) => Sketch(Body(expression)).ShouldBe(expected);

    [Theory]
    [MemberData(nameof(Expressions))]
    public void What_something_before_it_decided_is_not_reached_as_a_whole_and_shows_nothing(string expression)
    {
        string shape = Shape(Body(expression));
        foreach (string around in new[] { "context.no && (_)", "context.yes || (_)", "if context.yes then context.no else (_)", "context.nope || (_)" })
        {
            ExplanationNode unreached = Body(around.Replace("_", expression, StringComparison.Ordinal)).Children[^1];

            Shape(unreached).ShouldBe(shape);
            foreach (ExplanationNode node in AllOf(unreached))
            {
                node.Outcome.ShouldBe(NodeOutcome.NotReached, $"{around} around {expression}");
                node.Value.ShouldBeNull();
                node.Error.ShouldBeNull();
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_unless_has_the_same_tree_and_the_opposite_outcome(string expression, string expected)
    {
        ExplanationNode when = Condition($"when {{ {expression} }}");
        ExplanationNode unless = Condition($"unless {{ {expression} }}");

        Sketch(unless.Children[0]).ShouldBe(expected);
        (when.Kind, unless.Kind).ShouldBe(("when", "unless"));
        unless.Outcome.ShouldBe(when.Outcome switch
        {
            NodeOutcome.True => NodeOutcome.False,
            NodeOutcome.False => NodeOutcome.True,
            var error => error,
        });
        unless.Error.ShouldBe(when.Error);
        when.Outcome.ShouldBe(Ward.End(expression) switch { "true" => NodeOutcome.True, "false" => NodeOutcome.False, _ => NodeOutcome.Error });
    }

    private static ExplanationNode Body(string expression) => Condition($"when {{ {expression} }}").Children.ShouldHaveSingleItem();

    private static ExplanationNode Condition(string condition) => Explainer
        .Explain(
            PolicySet.Parse($"permit(principal, action, resource) {condition};"), new Request(Cedar.Alice, Cedar.View, Cedar.Photo, Ward.Context), Ward.Entities,
            new ExplanationOptions { CounterfactualsMax = 0, NearestMax = 0 })
        .Policies.ShouldHaveSingleItem().Conditions.ShouldHaveSingleItem();

    private static string Sketch(ExplanationNode node)
    {
        string mark = node.Outcome switch
        {
            NodeOutcome.True => "✓", NodeOutcome.False => "✗", NodeOutcome.Error => "!", NodeOutcome.NotReached => "·", _ => "=",
        };
        string value = node.Outcome == NodeOutcome.Value ? $":{node.Value}" : "";
        string children = node.Children.Count == 0 ? "" : $"[{string.Join(' ', node.Children.Select(Sketch))}]";
        return $"{mark}{node.Kind}{value}{children}";
    }

    private static string Shape(ExplanationNode node) => $"{node.Kind}({string.Join(' ', node.Children.Select(Shape))})";

    private static IEnumerable<ExplanationNode> AllOf(ExplanationNode node) => node.Children.SelectMany(AllOf).Prepend(node);
}
