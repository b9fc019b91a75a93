using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Formatting;

/// <summary>A comment in every gap between two tokens of a text, one gap at a time: not by chance, all of them.</summary>
public sealed class CommentPlaceTests
{
    public static TheoryData<string> Policies =>
    [
        "@id(\"a\")@b permit(principal==?principal,action in[Action::\"a\",N::Action::\"b\",],resource is A::B in C::\"d\",)when{true}unless{false};",
        "permit(principal,action,resource)when{if a.b then c else d};",
        "permit(principal,action,resource)when{(a||b&&!c)&&-1+2*3==[1,{a:2,\"b\":3}].contains(4)};",
        "permit(principal,action,resource)when{a has b.c||d like\"*\"||e is F in g||h[\"i\"].j(\"k\")};",
        "permit(principal,action,resource);forbid(principal,action,resource);",
    ];

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_comment_in_any_gap_stays_and_the_tree_with_it(string sketch)
    {
        string text = Variables(sketch);
        string[] trees = Trees(text);
        int[] gaps = [.. Lexer.Tokenize(new SourceText(null, text)).Select(token => token.Offset)];
        foreach (int gap in gaps)
        {
            foreach (string comment in new[] { "// c\n", "\n// c\n", "\n\n// c\n\n", " // one\n // two\n" })
            {
                string commented = text.Insert(gap, comment);
                foreach (int width in new[] { 20, 80 })
                {
                    var options = new FormatOptions { LineWidth = width };

                    string formatted = PolicyFormatter.Format(commented, options: options);

                    string reason = $"{commented}\nat width {width} became\n{formatted}";
                    Trees(formatted).ShouldBe(trees, reason);
                    Comments(formatted).ShouldBe(Comments(commented), reason);
                    PolicyFormatter.Format(formatted, options: options).ShouldBe(formatted, reason);
                }
            }
        }

        gaps.Length.ShouldBeGreaterThan(15);
    }

    [Theory]
    [InlineData("// c\npermit(principal,action,resource);", "// c\npermit (principal, action, resource);\n")]
    [InlineData("// c\n\npermit(principal,action,resource);", "// c\n\npermit (principal, action, resource);\n")]
    [InlineData("permit(principal,action,resource);// c", "permit (principal, action, resource); // c\n")]
    [InlineData("permit(principal,action,resource);\n// c", "permit (principal, action, resource);\n\n// c\n")]
    [InlineData("permit(principal,action,resource)// c\n;", "permit (principal, action, resource) // c\n;\n")]
    [InlineData("permit// c\n(principal,action,resource);", "permit // c\n(principal, action, resource);\n")]
    [InlineData("permit(principal,action,resource)when{// c\ntrue};", "permit (principal, action, resource)\nwhen { // c\n  true\n};\n")]
    [InlineData("permit(principal,action,resource)when{true// c\n};", "permit (principal, action, resource)\nwhen {\n  true // c\n};\n")]
    [InlineData("@id(\"a\")// c\npermit(principal,action,resource);", "@id(\"a\") // c\npermit (principal, action, resource);\n")]
    [InlineData("//  c  \t \npermit(principal,action,resource);", "//  c\npermit (principal, action, resource);\n")]
    [InlineData("//\u00e9 😀\npermit(principal,action,resource);", "//\u00e9 😀\npermit (principal, action, resource);\n")]
    [InlineData("// a\r\n// b\r\npermit(principal,action,resource);\r\n", "// a\n// b\npermit (principal, action, resource);\n")]
    public void A_comment_goes_where_a_reader_looks_for_it(string text, string expected) => PolicyFormatter.Format(text).ShouldBe(expected);

    // Single letters stand for members of the context, so that the gaps of the sketch are those of a valid text.
    private static string Variables(string sketch) => sketch
        .Replace("if a.b then c else d", "if context.b then context.c else context.d", StringComparison.Ordinal)
        .Replace("(a||b&&!c)", "(context.a||context.b&&!context.c)", StringComparison.Ordinal)
        .Replace("a has b.c||d like\"*\"||e is F in g||h[\"i\"].j(\"k\")", "context has b.c||context.d like\"*\"||principal is F in resource||context[\"i\"].contains(\"k\")", StringComparison.Ordinal);

    private static string[] Trees(string text) => [.. PolicySet.Parse(text).Policies.Select(policy => TreeText.Of(policy.Tree))];

    private static string[] Comments(string text)
    {
        var source = new SourceText(null, text);
        Lexer.Tokenize(source);
        return [.. source.Comments.Select(comment => text.Substring(comment.Offset, comment.Length).TrimEnd())];
    }
}
