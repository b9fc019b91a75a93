using System.Text;
using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Formatting;

public sealed class FormatterPropertyTests
{
    [Fact]
    public void Any_policy_with_comments_anywhere_keeps_its_tree_and_comments_and_is_formatted_once()
    {
        for (int seed = 0; seed < 4_000; seed++)
        {
            var random = new Random(seed);
            string text = WithComments(PolicyPrinter.Print(new RandomPolicies(random).Tree(depth: 1 + (seed % 5), slots: true)), random);
            var options = new FormatOptions { LineWidth = random.Next(20, 120), IndentWidth = random.Next(0, 5) };

            string formatted = PolicyFormatter.Format(text, options: options);

            string reason = $"seed {seed}:\n{text}\nbecame\n{formatted}";
            TreeText.Of(PolicySet.Parse(formatted).Policies[0].Tree).ShouldBe(TreeText.Of(PolicySet.Parse(text).Policies[0].Tree), reason);
            Comments(formatted).ShouldBe(Comments(text), reason);
            PolicyFormatter.Format(formatted, options: options).ShouldBe(formatted, reason);
            formatted.Split('\n').ShouldAllBe(line => line == line.TrimEnd() || line.Contains('"', StringComparison.Ordinal), reason);
        }
    }

    [Fact]
    public void Lines_keep_to_the_width_where_no_single_piece_is_longer()
    {
        const string text = "permit(principal, action, resource) when { context.alpha && context.beta || context.gamma in [context.delta, context.epsilon, context.zeta] && {one: context.eta, two: context.theta}.one == context.iota };";

        PolicyFormatter.Format(text, options: new FormatOptions { LineWidth = 40 }).Split('\n').Max(line => line.Length).ShouldBeLessThanOrEqualTo(40);
    }

    [Fact]
    public void Deep_and_long_expressions_are_formatted_without_growing_out_of_bounds()
    {
        string chain = string.Concat(Enumerable.Repeat("context.flag && ", 9_000));
        string nested = $"{new string('[', 200)}{string.Join(", ", Enumerable.Repeat("1234567", 3_000))}{new string(']', 200)}";
        string text = $"permit(principal, action, resource) when {{ {chain} {nested} == [\"{new string('x', 100_000)}\" == (true || {chain} false)] }};";

        string formatted = PolicyFormatter.Format(text);

        formatted.Length.ShouldBeLessThan(text.Length * 6);
        PolicyFormatter.Format(formatted).ShouldBe(formatted);
    }

    private static string WithComments(string policy, Random random)
    {
        var text = new StringBuilder();
        int end = 0;
        int count = 0;
        foreach (Token token in Lexer.Tokenize(new SourceText(null, policy)))
        {
            text.Append(policy.AsSpan(end, token.Offset - end));
            for (int left = random.Next(8) == 0 ? random.Next(1, 4) : 0; left > 0; left--)
            {
                text.Append(random.Next(2) == 0 ? "\n" : " ").Append($"// comment {count++} \"\n").Append(random.Next(4) == 0 ? "\r\n\n" : "");
            }

            text.Append(policy.AsSpan(token.Offset, token.Length));
            end = token.Offset + token.Length;
        }

        return text.ToString();
    }

    private static string[] Comments(string text)
    {
        var source = new SourceText(null, text);
        Lexer.Tokenize(source);
        return [.. source.Comments.Select(comment => text.Substring(comment.Offset, comment.Length).TrimEnd())];
    }
}
