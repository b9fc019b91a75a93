namespace AccessGov.Cedar;

/// <summary>What a satisfied policy does.</summary>
public enum Effect
{
    /// <summary>It allows, unless a forbid is satisfied.</summary>
    Permit,

    /// <summary>It denies, whatever else is satisfied.</summary>
    Forbid,
}

/// <summary>One parsed policy. Immutable.</summary>
public sealed class Policy
{
    internal Policy(string id, PolicyTree tree)
    {
        Id = id;
        Tree = tree;
    }

    /// <summary>The id, unique in its set: <c>policy0</c>, <c>policy1</c> and so on in the order of the text, or what the caller chose.</summary>
    public string Id { get; }

    /// <summary>Permit or forbid.</summary>
    public Effect Effect => Tree.Effect;

    /// <summary>The annotations by name, without the <c>@</c>; one without a value has the value <c>""</c>. The engine gives none a meaning.</summary>
    public IReadOnlyDictionary<string, string> Annotations => Tree.Annotations;

    /// <summary>Where the policy starts, at its first annotation.</summary>
    public SourcePosition Position => Tree.Source.PositionOf(Tree.Offset);

    /// <summary>The policy as written, from its first annotation to the semicolon.</summary>
    public string Text => Tree.Source.Text.Substring(Tree.Offset, Tree.Length);

    /// <summary>Whether the scope holds a slot. A template never authorises anything.</summary>
    public bool IsTemplate => Tree.IsTemplate;

    internal PolicyTree Tree { get; }

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
