namespace AccessGov.Cedar;

/// <summary>
/// Policy texts in one look. Formatting moves blanks and line ends only: every token and every comment stays, the result parses to the
/// same policies, and formatting it again changes nothing.
/// </summary>
public static class PolicyFormatter
{
    /// <summary>Formats a text of policies, templates and comments. The result ends with a line end, unless it is empty.</summary>
    /// <param name="text">The policies.</param>
    /// <param name="file">A name for the text, for the positions of errors.</param>
    /// <param name="options">Width and indent, <see cref="FormatOptions.Default"/> when left out.</param>
    /// <exception cref="PolicySyntaxException">The text is not valid Cedar.</exception>
    /// <exception cref="InsufficientExecutionStackException">The calling thread has hardly any stack left.</exception>
    public static string Format(string text, string? file = null, FormatOptions? options = null)
    {
        var errors = new List<SyntaxError>();
        PolicyParser.Parse(new SourceText(file, text), errors);
        return errors.Count == 0
            ? LayoutRenderer.Render(PolicyLayout.Of(text), options ?? FormatOptions.Default)
            : throw new PolicySyntaxException(errors);
    }

    /// <summary>
    /// Prints a policy from its syntax tree: without comments, with the parentheses it needs and no others, with names and escapes in
    /// one spelling. A linked policy has its entities in place of the slots. Parsing the result gives the same syntax tree.
    /// </summary>
    /// <exception cref="InsufficientExecutionStackException">The calling thread has hardly any stack left.</exception>
    public static string Print(Policy policy, FormatOptions? options = null) => Print(policy.Tree, options ?? FormatOptions.Default);

    internal static string Print(PolicyTree policy, FormatOptions options) =>
        LayoutRenderer.Render(PolicyLayout.Of(PolicyPrinter.Print(policy)), options).TrimEnd('\n');
}
