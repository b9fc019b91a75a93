using System.Text;
using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Language;

/// <summary>What the parser makes of a text: the tree of each construct, and where each node of it stands.</summary>
public sealed class TreeTests
{
    [Theory]
    [InlineData("1 + 2 + 3", "(Add (Add 1 2) 3)")]
    [InlineData("1 - 2 - 3", "(Subtract (Subtract 1 2) 3)")]
    [InlineData("1 + 2 * 3", "(Add 1 (Multiply 2 3))")]
    [InlineData("1 * 2 + 3", "(Add (Multiply 1 2) 3)")]
    [InlineData("(1 + 2) * 3", "(Multiply (Add 1 2) 3)")]
    [InlineData("1 - (2 - 3)", "(Subtract 1 (Subtract 2 3))")]
    [InlineData("1 -2", "(Subtract 1 2)")]
    [InlineData("1 - -2", "(Subtract 1 -2)")]
    [InlineData("-1", "-1")]
    [InlineData("- 1", "-1")]
    [InlineData("--1", "(Negate -1)")]
    [InlineData("-(1)", "(Negate 1)")]
    [InlineData("-1.a", "(Negate (Attribute 1 \"a\"))")]
    [InlineData("-1 * -2", "(Multiply -1 -2)")]
    [InlineData("-context.a + 1", "(Add (Negate (Attribute Context \"a\")) 1)")]
    [InlineData("!true == false", "(Equal (Not true) false)")]
    [InlineData("!(true == false)", "(Not (Equal true false))")]
    [InlineData("!!true", "(Not (Not true))")]
    [InlineData("!context.a.b", "(Not (Attribute (Attribute Context \"a\") \"b\"))")]
    [InlineData("1 + 2 < 3 * 4", "(Less (Add 1 2) (Multiply 3 4))")]
    [InlineData("1 <= 2 && 3 >= 4 || 5 != 6", "(Or (And (LessOrEqual 1 2) (GreaterOrEqual 3 4)) (NotEqual 5 6))")]
    [InlineData("true || false && true", "(Or true (And false true))")]
    [InlineData("true && false || true", "(Or (And true false) true)")]
    [InlineData("true && false && true", "(And true false true)")]
    [InlineData("(true && false) && true", "(And true false true)")]
    [InlineData("true && (false && true)", "(And true (And false true))")]
    [InlineData("((true || false) || true) || false", "(Or true false true false)")]
    [InlineData("(true || false) && true", "(And (Or true false) true)")]
    [InlineData("if true then 1 else 2 + 3", "(If true 1 (Add 2 3))")]
    [InlineData("(if true then 1 else 2) + 3", "(Add (If true 1 2) 3)")]
    [InlineData("if if true then true else false then 1 else 2", "(If (If true true false) 1 2)")]
    [InlineData("if true then 1 else if false then 2 else 3", "(If true 1 (If false 2 3))")]
    [InlineData("if true || false then true && false else 1 == 2", "(If (Or true false) (And true false) (Equal 1 2))")]
    [InlineData("principal in resource", "(In Principal Resource)")]
    [InlineData("principal in [resource, action]", "(In Principal (Set Resource Action))")]
    [InlineData("principal has a", "(Has Principal \"a\")")]
    [InlineData("principal has \"a b\"", "(Has Principal \"a b\")")]
    [InlineData("principal.a has b.c.d", "(Has (Attribute Principal \"a\") \"b\" \"c\" \"d\")")]
    [InlineData("1 + context.a has b", "(Has (Add 1 (Attribute Context \"a\")) \"b\")")]
    [InlineData("context.a like \"b*c\"", "(Like (Attribute Context \"a\") \"b\" * \"c\")")]
    [InlineData("principal is A::B", "(Is Principal A::B -)")]
    [InlineData("principal is A::B in resource.c", "(Is Principal A::B (Attribute Resource \"c\"))")]
    [InlineData("principal is A in [resource]", "(Is Principal A (Set Resource))")]
    [InlineData("principal is A && true", "(And (Is Principal A -) true)")]
    [InlineData("A::\"x\" == A :: B :: \"y\"", "(Equal A::\"x\" A::B::\"y\")")]
    [InlineData("context[\"a\"][\"b c\"].d", "(Attribute (Attribute (Attribute Context \"a\") \"b c\") \"d\")")]
    [InlineData("[1, [2], []]", "(Set 1 (Set 2) (Set ))")]
    [InlineData("{a: 1, \"b c\": {}, principal: principal}", "(Record \"a\"=1 \"b c\"=(Record ) \"principal\"=Principal)")]
    [InlineData("{a: 1}.a", "(Attribute (Record \"a\"=1) \"a\")")]
    [InlineData("[1].contains(2)", "(Contains (Set 1) 2)")]
    [InlineData("context.a.containsAll(context.b)", "(ContainsAll (Attribute Context \"a\") (Attribute Context \"b\"))")]
    [InlineData("context.a.containsAny([1 + 2])", "(ContainsAny (Attribute Context \"a\") (Set (Add 1 2)))")]
    [InlineData("context.a.isEmpty()", "(IsEmpty (Attribute Context \"a\"))")]
    [InlineData("principal.hasTag(\"a\") && principal.getTag(\"a\")", "(And (HasTag Principal \"a\") (GetTag Principal \"a\"))")]
    [InlineData("principal.contains", "(Attribute Principal \"contains\")")]
    [InlineData("principal.ip", "(Attribute Principal \"ip\")")]
    [InlineData("ip(\"1\").isInRange(ip(\"2\"))", "(Call isInRange (Call ip \"1\") (Call ip \"2\"))")]
    [InlineData("datetime(\"1\").offset(duration(\"2\")).toDate()", "(Call toDate (Call offset (Call datetime \"1\") (Call duration \"2\")))")]
    [InlineData("decimal(\"1.0\",)", "(Call decimal \"1.0\")")]
    [InlineData("ip()", "(Call ip )")]
    [InlineData("true.isIpv4(1, 2)", "(Call isIpv4 true 1 2)")]
    [InlineData("(((1)))", "1")]
    [InlineData("(principal).a", "(Attribute Principal \"a\")")]
    [InlineData("principal // c\n. // d\na", "(Attribute Principal \"a\")")]
    public void An_expression_has_the_tree_of_the_grammar(string expression, string tree) => TreeText.Of(Condition(expression)).ShouldBe(tree);

    [Theory]
    [InlineData("permit(principal,action,resource);", "Permit (Any - -) (Any False ) (Any - -)")]
    [InlineData("forbid(principal == A::\"x\", action == Action::\"y\", resource == B::\"z\");", "Forbid (Equal - A::\"x\") (Equal False Action::\"y\") (Equal - B::\"z\")")]
    [InlineData("permit(principal in A::\"x\", action in Action::\"y\", resource in B::\"z\");", "Permit (In - A::\"x\") (In False Action::\"y\") (In - B::\"z\")")]
    [InlineData("permit(principal is A, action in [], resource is B::C);", "Permit (Is A -) (In True ) (Is B::C -)")]
    [InlineData("permit(principal is A in B::\"x\", action in [Action::\"y\", C::Action::\"z\"], resource is D in ?resource);", "Permit (IsIn A B::\"x\") (In True Action::\"y\" C::Action::\"z\") (IsIn D ?)")]
    [InlineData("permit(principal == ?principal, action, resource in ?resource);", "Permit (Equal - ?) (Any False ) (In - ?)")]
    [InlineData("@b(\"2\") @a permit(principal,action,resource);", "@a=\"\" @b=\"2\" Permit (Any - -) (Any False ) (Any - -)")]
    [InlineData("permit(principal,action,resource) when { 1 } unless { 2 } when { 3 };", "Permit (Any - -) (Any False ) (Any - -) when 1 unless 2 when 3")]
    public void A_policy_has_the_tree_of_the_grammar(string policy, string tree) => TreeText.Of(PolicySet.Parse(policy).Policies[0].Tree).ShouldBe(tree);

    [Fact]
    public void Every_node_stands_where_its_text_begins()
    {
        int nodes = 0;
        for (int seed = 0; seed < 1_500; seed++)
        {
            string text = PolicyFormatter.Format(PolicyPrinter.Print(new RandomPolicies(new Random(seed)).Tree(depth: 1 + (seed % 5), slots: true)));
            foreach (Condition condition in PolicySet.Parse(text).Policies[0].Tree.Conditions)
            {
                text.AsSpan(condition.Offset).StartsWith(condition.IsUnless ? "unless" : "when").ShouldBeTrue($"seed {seed}: {text}");
                ExpressionWalk.Each(condition.Body, node =>
                {
                    nodes++;
                    FirstToken(text[node.Offset..]).ShouldBe(FirstToken(Printed(node)), $"seed {seed}: {Printed(node)} at {node.Offset} of\n{text}");
                });
            }
        }

        nodes.ShouldBeGreaterThan(10_000);
    }

    [Fact]
    public void The_height_of_a_tree_is_one_more_than_that_of_its_highest_part()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            Expression tree = new RandomExpressions(new Random(seed)).Any(seed % 7);
            int highest = 0;
            ExpressionWalk.Each(tree, node => highest = ReferenceEquals(node, tree) ? highest : Math.Max(highest, node.Height));

            // A path of several names is as high as the accesses it stands for.
            int above = tree is HasExpression has ? has.Path.Count : 1;
            tree.Height.ShouldBe(highest + above, $"seed {seed}: {TreeText.Of(tree)}");
        }
    }

    private static string Printed(Expression node)
    {
        var text = new StringBuilder();
        new ExpressionPrinter(text).Append(node);
        return text.ToString();
    }

    // Parentheses in front belong to no node.
    private static string FirstToken(string text)
    {
        var source = new SourceText(null, text);
        Token first = Lexer.Tokenize(source).First(token => token.Kind != TokenKind.LeftParenthesis);
        return text.Substring(first.Offset, first.Length);
    }

    private static Expression Condition(string expression) =>
        PolicySet.Parse($"permit(principal, action, resource) when {{ {expression} }};").Policies[0].Tree.Conditions[0].Body;
}
