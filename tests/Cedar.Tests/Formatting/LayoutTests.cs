namespace AccessGov.Cedar.Tests.Formatting;

/// <summary>Where the lines of each construct end when they may be thirty characters long, and that nothing else about them changes.</summary>
public sealed class LayoutTests
{
    private static readonly FormatOptions Narrow = new() { LineWidth = 30 };

    [Theory]
    [InlineData("context.alpha&&context.beta&&context.gamma", "context.alpha &&¶context.beta &&¶context.gamma")]
    [InlineData("context.alpha||context.beta&&context.gamma||context.delta", "context.alpha ||¶context.beta &&¶  context.gamma ||¶context.delta")]
    [InlineData("(context.alpha||context.beta)&&(context.gamma||context.delta)", "(context.alpha ||¶ context.beta) &&¶(context.gamma ||¶ context.delta)")]
    [InlineData("if context.alpha then context.beta else context.gamma", "if context.alpha¶then context.beta¶else context.gamma")]
    [InlineData("context.alpha==context.beta_that_is_long", "context.alpha ==¶  context.beta_that_is_long")]
    [InlineData("1000+2000+3000-4000+5000<6000", "1000 +¶  2000 +¶  3000 -¶  4000 +¶  5000 < 6000")]
    [InlineData("1000*2000*3000*4000*5000<6000", "1000 *¶  2000 *¶  3000 *¶  4000 *¶  5000 < 6000")]
    [InlineData("[context.alpha,context.beta,context.gamma].contains(1)", "[¶  context.alpha,¶  context.beta,¶  context.gamma¶].contains(1)")]
    [InlineData("{alpha:1,\"be ta\":2,gamma:[3,4]}.alpha==context.delta", "{¶  alpha: 1,¶  \"be ta\": 2,¶  gamma: [3, 4]¶}.alpha == context.delta")]
    [InlineData("context.alpha.beta.gamma.delta.epsilon.zeta", "context.alpha.beta.gamma.delta.epsilon.zeta")]
    [InlineData("context[\"alpha\"][\"be ta\"][\"gamma\"][\"delta\"]", "context[\"alpha\"][\"be ta\"][\"gamma\"][\"delta\"]")]
    [InlineData("principal is Hospital::Staff::Nurse in resource.ward", "principal is¶  Hospital::Staff::Nurse in¶  resource.ward")]
    [InlineData("context has alpha.beta.gamma.delta.epsilon", "context has¶  alpha.beta.gamma.delta.epsilon")]
    [InlineData("context.name like \"*a very long pattern*\"", "context.name like¶  \"*a very long pattern*\"")]
    [InlineData("!!!!(context.alpha||context.beta||context.gamma)", "!!!!(context.alpha ||¶     context.beta ||¶     context.gamma)")]
    [InlineData("ip(context.address).isInRange(ip(\"10.0.0.0/8\"))", "ip(¶  context.address¶).isInRange(¶  ip(\"10.0.0.0/8\")¶)")]
    [InlineData("[[[[context.alpha,context.beta],[context.gamma]]]]==[]", "[¶  [¶    [¶      [¶        context.alpha,¶        context.beta¶      ],¶      [context.gamma]¶    ]¶  ]¶] == []")]
    [InlineData("principal.getTag(\"a long key of a tag\")==1", "principal.getTag(¶  \"a long key of a tag\"¶) == 1")]
    [InlineData("A :: B :: \"id\"==principal&&true&&false", "A::B::\"id\" == principal &&¶true &&¶false")]
    public void An_expression_that_does_not_fit_is_broken(string expression, string lines)
    {
        string formatted = PolicyFormatter.Format($"permit(principal,action,resource)when{{{expression}}};", options: Narrow);

        string condition = formatted[(formatted.IndexOf("when {\n", StringComparison.Ordinal) + 7)..];
        condition.ShouldBe($"{string.Concat(lines.Split('¶').Select(line => $"  {line}\n"))}}};\n");
        PolicyFormatter.Format(formatted, options: Narrow).ShouldBe(formatted);
    }

    [Theory]
    [InlineData("context.alpha", "when { context.alpha }")]
    [InlineData("1+2*3-4 < 5", "when { 1 + 2 * 3 - 4 < 5 }")]
    [InlineData("a::b::\"c\"in[a::b::\"d\",]", "when { a::b::\"c\" in [a::b::\"d\",] }")]
    [InlineData("{a:1,\"b\":2,}has a.b", "when { {a: 1, \"b\": 2,} has a.b }")]
    [InlineData("- 1==-context . a", "when { -1 == -context.a }")]
    [InlineData("! ( true )", "when { !(true) }")]
    [InlineData("if(true)then(1)else(2)", "when { if (true) then (1) else (2) }")]
    [InlineData("context [ \"a b\" ] . c ( )", "when { context[\"a b\"].c() }")]
    [InlineData("[ ] . isEmpty ( )", "when { [].isEmpty() }")]
    [InlineData("{ } == { }", "when { {} == {} }")]
    public void What_fits_is_one_line_with_one_blank_where_blanks_belong(string expression, string expected)
    {
        string text = $"permit(principal,action,resource)when{{{expression}}};".Replace(".c()", ".contains(1)", StringComparison.Ordinal)
            .Replace(". c ( )", ".contains(1)", StringComparison.Ordinal);

        PolicyFormatter.Format(text).ShouldBe(
            $"permit (principal, action, resource)\n{expected.Replace(".c()", ".contains(1)", StringComparison.Ordinal)};\n");
    }

    [Theory]
    [InlineData("principal in Group::\"a long name of a group\",action,resource", "principal in Group::\"a long name of a group\",¶  action,¶  resource")]
    [InlineData("principal,action in[Action::\"one\",Action::\"two\",Action::\"three\"],resource", "principal,¶  action in [¶    Action::\"one\",¶    Action::\"two\",¶    Action::\"three\"¶  ],¶  resource")]
    [InlineData("principal is User in ?principal,action==Action::\"v\",resource", "principal is User in ?principal,¶  action == Action::\"v\",¶  resource")]
    [InlineData("principal,action in[],resource==?resource,", "principal,¶  action in [],¶  resource == ?resource,")]
    public void A_scope_that_does_not_fit_has_a_line_for_each_part(string scope, string lines) =>
        PolicyFormatter.Format($"permit({scope});", options: Narrow).ShouldBe($"permit (\n  {lines.Replace("¶", "\n", StringComparison.Ordinal)}\n);\n");

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(200)]
    [InlineData(1_000)]
    public void No_width_changes_more_than_blanks_and_line_ends(int width)
    {
        const string Text = """
            // head
            @id("x")permit(principal is User in Group::"g",action in[Action::"a",Action::"b"],resource)when{(context.a||context.b)&&[1,2].contains(3)&&
            (if context.c then {a:1}.a==1 else context has d.e.f)}unless{principal.getTag("k") like "a*b" /* not a comment in Cedar */ };
            """;
        string text = Text.Replace("/* not a comment in Cedar */", "// comment\n", StringComparison.Ordinal);

        string formatted = PolicyFormatter.Format(text, options: new FormatOptions { LineWidth = width, IndentWidth = width % 7 });

        WithoutBlanks(formatted).ShouldBe(WithoutBlanks(text));
        formatted.ShouldEndWith(";\n");
        formatted.ShouldNotContain("\n\n\n");
        formatted.Split('\n').ShouldAllBe(line => line == line.TrimEnd());
    }

    [Fact]
    public void Deeper_indents_end_at_half_of_the_width()
    {
        string nested = string.Concat(Enumerable.Repeat("[context.a, ", 60)) + "1" + new string(']', 60);

        string formatted = PolicyFormatter.Format($"permit(principal, action, resource) when {{ {nested} == [] }};", options: new FormatOptions { LineWidth = 40, IndentWidth = 8 });

        formatted.Split('\n').Max(line => line.Length - line.TrimStart().Length).ShouldBe(20);
    }

    [Fact]
    public void Printing_uses_the_layout_of_the_formatter()
    {
        Policy policy = PolicySet.Parse("permit(principal,action,resource)when{(((context.alpha)))&&(context.beta)&&context[\"gamma\"]};").Policies[0];

        PolicyFormatter.Print(policy, Narrow).ShouldBe("permit (\n  principal,\n  action,\n  resource\n)\nwhen {\n  context.alpha &&\n  context.beta &&\n  context.gamma\n};");
        PolicyFormatter.Print(policy).ShouldBe("permit (principal, action, resource)\nwhen { context.alpha && context.beta && context.gamma };");
    }

    private static string WithoutBlanks(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
