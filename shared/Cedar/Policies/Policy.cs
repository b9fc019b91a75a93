namespace AccessGov.Cedar;

/// <summary>What a satisfied policy does.</summary>
public enum Effect
{
    /// <summary>It allows, unless a forbid is satisfied.</summary>
    Permit,

    /// <summary>It denies, whatever else is satisfied.</summary>
    Forbid,
}

/// <summary>One policy: parsed from a text, read from JSON, or linked from a template. Immutable.</summary>
public sealed class Policy
{
    internal Policy(string id, PolicyTree tree)
    {
        Id = id;
        Tree = tree;
    }

    internal Policy(TemplateLink link, Policy template, PolicyTree tree)
        : this(link.NewId, tree)
    {
        Link = link;
        Template = template;
    }

    /// <summary>The id, unique in its set: <c>policy0</c>, <c>policy1</c> and so on in the order of the text, or what the caller chose.</summary>
    public string Id { get; }

    /// <summary>Permit or forbid.</summary>
    public Effect Effect => Tree.Effect;

    /// <summary>
    /// The annotations by name, without the <c>@</c>; one without a value has the value <c>""</c>. The engine gives none a meaning.
    /// A linked policy has those of its template.
    /// </summary>
    public IReadOnlyDictionary<string, string> Annotations => Tree.Annotations;

    /// <summary>
    /// Where the policy starts, at its first annotation. A linked policy stands where its template does; a policy from JSON stands at
    /// the start of the text that was printed for it.
    /// </summary>
    public SourcePosition Position => Tree.Source.PositionOf(Tree.Offset);

    /// <summary>
    /// The policy as written, from its first annotation to the semicolon. Of a linked policy the template as written, with its slots
    /// (see <see cref="Link"/> for what they stand for); of a policy from JSON the text that was printed for it.
    /// </summary>
    public string Text => Tree.Source.Text.Substring(Tree.Offset, Tree.Length);

    /// <summary>Whether the scope holds a slot. A template never authorises anything, the policies linked from it do.</summary>
    public bool IsTemplate => Tree.IsTemplate;

    /// <summary>The template this policy was linked from; <c>null</c> for every other policy.</summary>
    public Policy? Template { get; }

    /// <summary>What this policy was linked with; <c>null</c> for every other policy.</summary>
    public TemplateLink? Link { get; }

    internal PolicyTree Tree { get; }

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
