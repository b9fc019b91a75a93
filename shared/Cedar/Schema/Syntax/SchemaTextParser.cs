namespace AccessGov.Cedar;

/// <summary>
/// Reads a schema written as text. The words of the grammar (<c>entity</c>, <c>in</c>, <c>tags</c> and so on) mean something only where
/// the grammar has them, so all but the reserved ones may be names.
/// </summary>
internal sealed class SchemaTextParser
{
    // A declaration of many names stands for one declaration each, so that half a megabyte of names times half a megabyte of attributes
    // would be written out as gigabytes.
    private const int RepeatedMax = 20_000_000;

    private readonly SourceText source;
    private readonly SchemaTokens tokens;
    private readonly SchemaTypeParser types;
    private readonly SchemaActionParser actions;
    private readonly SchemaErrors errors;
    private readonly List<NamespaceTree> namespaces;
    private readonly HashSet<string> opened = new(StringComparer.Ordinal);
    private readonly NamespaceTree emptyNamespace;
    private long repeated;

    private SchemaTextParser(SourceText source, SchemaErrors errors)
    {
        this.source = source;
        this.errors = errors;
        tokens = new SchemaTokens(source);
        types = new SchemaTypeParser(tokens);
        actions = new SchemaActionParser(tokens, types);
        emptyNamespace = new NamespaceTree(SchemaPlace.InText(source, 0), "", SchemaAnnotations.None);
        namespaces = [emptyNamespace];
    }

    /// <summary>Reads the whole text; after an error it goes on with the next declaration. The tree is complete only without errors.</summary>
    public static List<NamespaceTree> Parse(SourceText source, SchemaErrors errors)
    {
        var parser = new SchemaTextParser(source, errors);
        while (parser.tokens.Kind != TokenKind.End && !errors.IsFull)
        {
            parser.Guarded(parser.NamespaceOrDeclaration);
        }

        return parser.namespaces;
    }

    private void Guarded(Action read)
    {
        try
        {
            read();
        }
        catch (SyntaxFailureException failure)
        {
            errors.Add(SchemaPlace.InText(source, failure.Offset), failure.Message);
            types.Reset();
            tokens.SkipDeclaration();
        }
    }

    // What a name is wrong with, its declarations can be read all the same: they bring errors of their own, and their braces none.
    private void Refuse(int offset, string message) => errors.Add(SchemaPlace.InText(source, offset), message);

    private void NamespaceOrDeclaration()
    {
        SchemaPlace place = tokens.Here;
        SchemaAnnotations annotations = types.Annotations();
        if (tokens.TakeWord("namespace"))
        {
            Namespace(place, annotations);
        }
        else
        {
            Declaration(emptyNamespace, place, annotations, "`namespace`, `entity`, `action` or `type`");
        }
    }

    private void Namespace(SchemaPlace place, SchemaAnnotations annotations)
    {
        int offset = tokens.Offset;
        string name = tokens.Path("the name of the namespace");
        if (!Names.IsNormalizedPath(name))
        {
            Refuse(offset, "`__cedar` is reserved; choose another name for the namespace.");
        }

        if (name.Length > NamespaceTree.NameLengthMax)
        {
            Refuse(offset, $"The name of a namespace is longer than {NamespaceTree.NameLengthMax} characters: {name}");
        }

        if (!opened.Add(name))
        {
            Refuse(offset, $"The namespace `{name}` is opened twice in this text; put its declarations together.");
        }

        var home = new NamespaceTree(place, name, annotations);
        namespaces.Add(home);
        tokens.Expect(TokenKind.LeftBrace, "`{`");
        while (!tokens.TakeIf(TokenKind.RightBrace))
        {
            if (tokens.Kind == TokenKind.End)
            {
                throw tokens.Unexpected($"`}}`, the end of the namespace `{name}`");
            }

            if (errors.IsFull)
            {
                return;
            }

            Guarded(() => Declaration(home, tokens.Here, types.Annotations(), "`entity`, `action`, `type` or `}`"));
        }
    }

    private void Declaration(NamespaceTree home, SchemaPlace place, SchemaAnnotations annotations, string expected)
    {
        if (tokens.TakeWord("entity"))
        {
            Entity(home, place, annotations);
        }
        else if (tokens.TakeWord("action"))
        {
            Action(home, place, annotations);
        }
        else if (tokens.TakeWord("type"))
        {
            CommonType(home, annotations);
        }
        else if (tokens.IsWord("namespace"))
        {
            throw tokens.Unexpected($"{expected}: namespaces do not nest, write `namespace A::B` instead");
        }
        else
        {
            throw tokens.Unexpected(expected);
        }

        tokens.Expect(TokenKind.Semicolon, "`;`");
    }

    private void CommonType(NamespaceTree home, SchemaAnnotations annotations)
    {
        SchemaPlace place = tokens.Here;
        string name = tokens.Declared("the name of the type");
        tokens.Expect(TokenKind.Assign, "`=` and the type");
        home.CommonTypes.Add(new CommonTypeTree(place, name, annotations, types.Read()));
    }

    private void Entity(NamespaceTree home, SchemaPlace place, SchemaAnnotations annotations)
    {
        int start = tokens.Offset;
        List<NameReference> names = tokens.Items(() => new NameReference(tokens.Here, tokens.Declared("the name of the entity type")));
        int end = tokens.Offset;
        IReadOnlyList<NameReference> parents = [];
        TypeTree? shape = null;
        TypeTree? tags = null;
        List<string>? choices = null;
        if (tokens.TakeWord("enum"))
        {
            tokens.Expect(TokenKind.LeftBracket, "`[` and the ids");
            choices = tokens.Items(() => tokens.Text("an id, which is a string"));
            tokens.Expect(TokenKind.RightBracket, "`,` or `]`");
        }
        else
        {
            parents = tokens.TakeWord("in") ? types.EntityTypes() : parents;
            if (tokens.TakeIf(TokenKind.Assign) || tokens.Kind == TokenKind.LeftBrace)
            {
                shape = types.Record();
            }

            tags = tokens.TakeWord("tags") ? types.Read() : null;
        }

        if (tokens.Kind != TokenKind.Semicolon)
        {
            throw tokens.Unexpected(choices is null
                ? "`in`, attributes in braces, `tags` or `;`, in this order"
                : "`;`: an enumerated entity type has nothing but its ids");
        }

        Repeat(names.Count, start - place.Offset + tokens.Offset - end, place);
        home.EntityTypes.AddRange(names.Select(
            name => new EntityTypeTree(name.Place, name.Name, annotations, parents, shape ?? new RecordTree(place, []), tags, choices)));
    }

    private void Action(NamespaceTree home, SchemaPlace place, SchemaAnnotations annotations)
    {
        int start = tokens.Offset;
        var names = tokens.Items(() => (tokens.Here, Name: tokens.Name("the name of the action")));
        int end = tokens.Offset;
        List<ActionReference> parents = tokens.TakeWord("in") ? actions.Groups() : [];
        AppliesToTree? appliesTo = tokens.TakeWord("appliesTo") ? actions.AppliesTo(place, names[0].Name) : null;

        // Old schemas give actions attributes; only the empty list of them has a meaning.
        if (tokens.TakeWord("attributes"))
        {
            tokens.Expect(TokenKind.LeftBrace, "`{`");
            tokens.Expect(TokenKind.RightBrace, "`}`: actions have no attributes");
        }

        if (tokens.Kind != TokenKind.Semicolon)
        {
            throw tokens.Unexpected("`in`, `appliesTo` or `;`, in this order");
        }

        Repeat(names.Count, start - place.Offset + tokens.Offset - end, place);
        home.Actions.AddRange(names.Select(name => new ActionTree(name.Here, name.Name, annotations, parents, appliesTo)));
    }

    /// <summary>Counts the text around the names of a declaration once for every name but the first.</summary>
    private void Repeat(int names, int length, SchemaPlace place)
    {
        repeated += (names - 1L) * length;
        if (repeated > RepeatedMax)
        {
            throw TokenReader.Fail(
                place.Offset,
                $"Declarations of several names are longer than {RepeatedMax} characters when each name has one of its own; use a common type or fewer names.");
        }
    }
}
