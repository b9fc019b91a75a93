namespace AccessGov.Cedar;

/// <summary>What is wrong in a policy text and what would be right, for the person who wrote it.</summary>
/// <param name="Position">File, line and column.</param>
/// <param name="Policy">The policy, as a sentence names it: its <c>@id</c> in backticks, or <c>3</c> for the third of its text.</param>
/// <param name="Problem">What is wrong, and what would be right.</param>
public sealed record SyntaxError(SourcePosition Position, string Policy, string Problem)
{
    /// <summary>The policy and what is wrong: <c>policy 3: ...</c>, <c>policy `doctors`: ...</c></summary>
    public string Message => Excerpt.Of($"policy {Policy}: {Problem}");

    /// <summary>The file the text came from, when the caller named one.</summary>
    public string? File => Position.File;

    /// <summary>The line, from 1.</summary>
    public int Line => Position.Line;

    /// <summary>The column, from 1, in UTF-16 code units.</summary>
    public int Column => Position.Column;

    /// <summary><c>file:line:column: message</c>.</summary>
    public override string ToString() => $"{Position}: {Message}";
}

/// <summary>A policy text is not valid Cedar. Nothing of it was taken over.</summary>
public sealed class PolicySyntaxException(IReadOnlyList<SyntaxError> errors)
    : Exception(string.Join(Environment.NewLine, errors.Select(error => error.ToString())))
{
    /// <summary>At least one error, in the order of the text; at most one per policy.</summary>
    public IReadOnlyList<SyntaxError> Errors { get; } = errors;
}
