namespace AccessGov.Cedar;

/// <summary>Reads what stands behind the names of an action in a schema text: its groups, and what it applies to.</summary>
internal sealed class SchemaActionParser(SchemaTokens tokens, SchemaTypeParser types)
{
    public List<ActionReference> Groups()
    {
        if (!tokens.TakeIf(TokenKind.LeftBracket))
        {
            return [Group()];
        }

        List<ActionReference> groups = tokens.Items(Group);
        tokens.Expect(TokenKind.RightBracket, "`,` or `]`");
        return groups;
    }

    private ActionReference Group()
    {
        const string Expected = "an action, such as view, \"view\" or Action::\"view\"";
        SchemaPlace place = tokens.Here;
        if (tokens.Kind == TokenKind.String)
        {
            return new ActionReference(place, null, tokens.Text(Expected));
        }

        string path = tokens.Path(Expected);
        if (tokens.TakeIf(TokenKind.DoubleColon))
        {
            return new ActionReference(place, path, tokens.Text(Expected));
        }

        return path.Contains("::", StringComparison.Ordinal)
            ? throw TokenReader.Fail(place.Offset, $"`{path}` is not an action; expected {Expected}.")
            : new ActionReference(place, null, path);
    }

    public AppliesToTree AppliesTo(SchemaPlace place, string action)
    {
        IReadOnlyList<NameReference>? principals = null;
        IReadOnlyList<NameReference>? resources = null;
        TypeTree? context = null;
        tokens.Expect(TokenKind.LeftBrace, "`{`");
        do
        {
            if (principals is null && tokens.TakeWord("principal"))
            {
                principals = NonEmpty("principal");
            }
            else if (resources is null && tokens.TakeWord("resource"))
            {
                resources = NonEmpty("resource");
            }
            else if (context is null && tokens.TakeWord("context"))
            {
                tokens.Expect(TokenKind.Colon, "`:`");
                context = tokens.Kind == TokenKind.LeftBrace ? types.Record() : Context();
            }
            else
            {
                throw tokens.Unexpected("`principal:`, `resource:` or `context:`, each at most once");
            }
        }
        while (tokens.TakeIf(TokenKind.Comma) && tokens.Kind != TokenKind.RightBrace);

        tokens.Expect(TokenKind.RightBrace, "`,` or `}`");
        return principals is null || resources is null
            ? throw TokenReader.Fail(place.Offset, $"The action {ValueText.Quote(action)} says `appliesTo`, so it needs both `principal` and `resource`.")
            : new AppliesToTree(principals, resources, context);
    }

    private NamedTree Context()
    {
        SchemaPlace place = tokens.Here;
        return new NamedTree(place, tokens.Path("the attributes of the context in braces, or the name of a common type"), NameKinds.Common);
    }

    private List<NameReference> NonEmpty(string subject)
    {
        tokens.Expect(TokenKind.Colon, "`:`");
        int offset = tokens.Offset;
        List<NameReference> found = types.EntityTypes();
        return found.Count > 0
            ? found
            : throw TokenReader.Fail(offset, $"`{subject}` needs at least one entity type; an action that applies to nothing has no `appliesTo`.");
    }
}
