using System.Text;

namespace AccessGov.Cedar;

/// <summary>
/// The text of a node, printed rather than quoted: a tree keeps where a node starts, not where it ends, and a policy from JSON has no
/// text to quote. What is long is cut.
/// </summary>
internal static class ExpressionText
{
    /// <summary>The longest text of one node or value; a longer one ends in an ellipsis.</summary>
    public const int LengthMax = 400;

    public static string Write(Expression expression)
    {
        var text = new StringBuilder();
        new ExpressionPrinter(text).Append(expression);
        return Cut(text.ToString());
    }

    public static string Cut(string text) => Excerpt.Beginning(text, LengthMax, "…");

    /// <summary>Access to an attribute: in dot form where its name allows that.</summary>
    public static string Access(string name) => Names.IsIdentifier(name) ? $".{name}" : $"[{ValueText.Quote(name)}]";
}
