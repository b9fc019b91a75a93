namespace AccessGov.Cedar;

/// <summary>A literal that is none of its type, as in <c>ip("10.0.0.256")</c>: whenever an evaluation reaches it, the policy is skipped.</summary>
/// <param name="Policy">The policy or template it is in.</param>
/// <param name="Position">File, line and column of the call.</param>
/// <param name="Problem">What is wrong, in a sentence.</param>
/// <param name="Suggestion">What would be right, in a sentence.</param>
public sealed record MalformedLiteral(Policy Policy, SourcePosition Position, string Problem, string Suggestion)
{
    /// <summary>Policy, line, column, what is wrong and what would be right.</summary>
    public string Message => $"{Position}: policy `{Policy.Id}`: {Problem} {Suggestion}";

    /// <summary>The message.</summary>
    public override string ToString() => Message;
}

/// <summary>
/// Finds malformed literals, which need no schema to be seen. An error in a forbid is worse than one in a permit: what it should have
/// forbidden is allowed.
/// </summary>
/// <remarks>A validator with a schema finds them too, but for those in code that it proves to be never reached.</remarks>
public static class MalformedLiterals
{
    /// <summary>
    /// Every malformed literal of policies and templates, in their order and at most <see cref="ValidationResult.PolicyFindingsMax"/> a
    /// policy. A link says nothing that its template does not say.
    /// </summary>
    /// <remarks>No policy makes it throw: how deep a condition nests was bounded where it was read.</remarks>
    public static IReadOnlyList<MalformedLiteral> Find(PolicySet policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        return [.. policies.Policies.Where(policy => policy.Link is null).SelectMany(Find)];
    }

    /// <summary>Why a constructor refuses its literal; null when it does not, and for every other call.</summary>
    internal static string? ProblemOf(CallExpression call) =>
        call is { Function: { IsMethod: false } function, Arguments: [LiteralExpression { Value: var argument }] } && function.Call([argument]) is Failure failure
            ? $"`{function.Name}` refuses its argument: {TypeText.Short(failure.Error.Message)}."
            : null;

    internal static string SuggestionFor(ExtensionFunction constructor) => $"Right is, for instance, {constructor.Example}.";

    private static List<MalformedLiteral> Find(Policy policy)
    {
        var found = new List<MalformedLiteral>();
        foreach (Condition condition in policy.Tree.Conditions)
        {
            ExpressionWalk.Each(condition.Body, expression =>
            {
                if (expression is CallExpression call && found.Count < ValidationResult.PolicyFindingsMax && ProblemOf(call) is { } problem)
                {
                    found.Add(new MalformedLiteral(policy, policy.Tree.Source.PositionOf(call.Offset), problem, SuggestionFor(call.Function)));
                }
            });
        }

        return found;
    }
}
