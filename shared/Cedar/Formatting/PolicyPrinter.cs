using System.Text;

namespace AccessGov.Cedar;

/// <summary>Policies as text on one line each, before the formatter lays them out. Reading the text gives the same tree.</summary>
internal static class PolicyPrinter
{
    public static string Print(PolicyTree policy)
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in policy.Annotations)
        {
            text.Append('@').Append(name);
            if (value.Length > 0)
            {
                text.Append('(').Append(ValueText.Quote(value)).Append(')');
            }

            text.Append(' ');
        }

        text.Append(CedarWords.Of(policy.Effect)).Append(" (principal");
        AppendScope(text, policy.Principal, "?principal");
        text.Append(", action");
        AppendAction(text, policy.Action);
        text.Append(", resource");
        AppendScope(text, policy.Resource, "?resource");
        text.Append(')');
        var expressions = new ExpressionPrinter(text);
        foreach (Condition condition in policy.Conditions)
        {
            text.Append(' ').Append(CedarWords.Of(condition)).Append(" { ");
            expressions.Append(condition.Body);
            text.Append(" }");
        }

        return text.Append(';').ToString();
    }

    private static void AppendScope(StringBuilder text, EntityScope scope, string slot)
    {
        if (scope.EntityType is not null)
        {
            text.Append(" is ").Append(scope.EntityType);
        }

        string symbol = scope.Operator switch
        {
            ScopeOperator.Equal => " == ",
            ScopeOperator.In or ScopeOperator.IsIn => " in ",
            _ => "",
        };
        text.Append(symbol);
        if (symbol.Length > 0)
        {
            text.Append(scope.HasSlot ? slot : ValueText.Write(scope.Entity!));
        }
    }

    private static void AppendAction(StringBuilder text, ActionScope scope)
    {
        switch (scope.Operator)
        {
            case ScopeOperator.Equal:
                text.Append(" == ").Append(ValueText.Write(scope.Entities[0]));
                break;
            case ScopeOperator.In when scope.IsList:
                text.Append(" in [").AppendJoin(", ", scope.Entities.Select(ValueText.Write)).Append(']');
                break;
            case ScopeOperator.In:
                text.Append(" in ").Append(ValueText.Write(scope.Entities[0]));
                break;
            default:
                break;
        }
    }
}
