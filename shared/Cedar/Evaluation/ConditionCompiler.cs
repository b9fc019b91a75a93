namespace AccessGov.Cedar;

/// <summary>
/// The conditions of the policies of one set. Equal conditions become one piece of code: generated sets say the same thing about
/// thousands of resources, and code that is run often stays in the processor's cache.
/// </summary>
internal sealed class ConditionCompiler
{
    private readonly Dictionary<string, Evaluation> known = new(StringComparer.Ordinal);

    // Links of one template have its conditions, the very same objects, however large they are.
    private readonly Dictionary<Condition, Evaluation> linked = new(ReferenceEqualityComparer.Instance);

    /// <summary>Code that is true when every condition holds; it ends with the first one that does not. Null when there are none.</summary>
    public Evaluation? Compile(IReadOnlyList<Condition> conditions)
    {
        var codes = new Evaluation[conditions.Count];
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = Compile(conditions[i]);
        }

        return codes.Length switch
        {
            0 => null,
            1 => codes[0],
            _ => InOrder(codes),
        };
    }

    private static Evaluation InOrder(Evaluation[] codes) => (in frame) =>
    {
        foreach (Evaluation code in codes)
        {
            Value value = code(in frame);
            if (!ReferenceEquals(value, BoolValue.True))
            {
                return value;
            }
        }

        return BoolValue.True;
    };

    private Evaluation Compile(Condition condition)
    {
        if (!linked.TryGetValue(condition, out Evaluation? code))
        {
            code = CompileOrFind(condition);
            linked.Add(condition, code);
        }

        return code;
    }

    private Evaluation CompileOrFind(Condition condition)
    {
        string? key = ExpressionKey.Of(condition.Body) is { } body ? (condition.IsUnless ? "unless " : "when ") + body : null;
        if (key is not null && known.TryGetValue(key, out Evaluation? shared))
        {
            return shared;
        }

        Evaluation code = ExpressionCompiler.Compile(condition.Body).Code;
        Evaluation compiled = condition.IsUnless ? (in frame) => Operations.Not(code(in frame)) : code;
        if (key is not null)
        {
            known.Add(key, compiled);
        }

        return compiled;
    }
}
