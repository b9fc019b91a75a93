namespace AccessGov.Cedar.Tests.Generators;

/// <summary>Random policies and templates over the <see cref="Vocabulary"/>, without a text of their own: every offset is 0.</summary>
internal sealed class RandomPolicies(Random random)
{
    private static readonly SourceText NoText = new(null, "");

    private readonly RandomExpressions expressions = new(random);

    /// <summary>A policy; with <paramref name="slots"/> a template in two of three cases.</summary>
    public PolicyTree Tree(int depth, bool slots = false)
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in Vocabulary.Annotations.Where(_ => random.Next(4) == 0))
        {
            annotations.Add(name, expressions.One(Vocabulary.Texts));
        }

        return new PolicyTree(
            NoText, 0, 0, random.Next(3) == 0 ? Effect.Forbid : Effect.Permit, annotations, Scope(slots), Action(), Scope(slots),
            [.. Enumerable.Range(0, random.Next(3)).Select(_ => new Condition(0, random.Next(3) == 0, expressions.Boolean(depth)))]);
    }

    /// <summary>A set of parsed policies; the text they were printed to is theirs.</summary>
    public PolicySet Set(int count, int depth) =>
        PolicySet.Parse(string.Join('\n', Enumerable.Range(0, count).Select(_ => PolicyPrinter.Print(Tree(depth)))));

    private EntityScope Scope(bool slots)
    {
        ScopeOperator symbol = expressions.One(Enum.GetValues<ScopeOperator>());
        bool hasEntity = symbol is ScopeOperator.Equal or ScopeOperator.In or ScopeOperator.IsIn;
        bool hasSlot = slots && hasEntity && random.Next(2) == 0;
        return new EntityScope(
            0, symbol, symbol is ScopeOperator.Is or ScopeOperator.IsIn ? expressions.One(Vocabulary.EntityTypes) : null,
            hasEntity && !hasSlot ? expressions.One(Vocabulary.Entities) : null, hasSlot);
    }

    private ActionScope Action() => random.Next(4) switch
    {
        0 => new ActionScope(0, ScopeOperator.Any, [], IsList: false),
        1 => new ActionScope(0, ScopeOperator.Equal, [expressions.One(Vocabulary.Actions)], IsList: false),
        2 => new ActionScope(0, ScopeOperator.In, [expressions.One(Vocabulary.Actions)], IsList: false),
        _ => new ActionScope(
            0, ScopeOperator.In, [.. Enumerable.Range(0, random.Next(4)).Select(_ => expressions.One(Vocabulary.Actions))], IsList: true),
    };
}
