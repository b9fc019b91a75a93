namespace AccessGov.Cedar.Tests;

/// <summary>What a test says in one line: evaluate this expression, parse that policy.</summary>
internal static class Cedar
{
    public static readonly EntityUid Alice = new("User", "alice");
    public static readonly EntityUid View = new("Action", "view");
    public static readonly EntityUid Photo = new("Photo", "sea");

    public static Response Evaluate(string policies, IEntities? entities = null, RecordValue? context = null) =>
        PolicySet.Parse(policies).Compile().Evaluate(new Request(Alice, View, Photo, context ?? RecordValue.Empty), entities ?? EntityStore.Empty);

    /// <summary>True, false, or the error of the expression in a <c>when</c>.</summary>
    public static string Outcome(string expression, IEntities? entities = null, RecordValue? context = null)
    {
        Response response = Evaluate($"permit(principal, action, resource) when {{ {expression} }};", entities, context);
        return response.Errors is [var error] ? error.Error.Kind.ToString() : response.Decision == Decision.Allow ? "true" : "false";
    }

    public static IReadOnlyList<SyntaxError> Errors(string policies) =>
        Should.Throw<PolicySyntaxException>(() => PolicySet.Parse(policies, "rules.cedar")).Errors;

    public static string ErrorOf(string expression) =>
        Errors($"permit(principal, action, resource) when {{ {expression} }};").ShouldHaveSingleItem().Problem;
}
