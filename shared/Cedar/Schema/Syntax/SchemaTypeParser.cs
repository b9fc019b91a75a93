namespace AccessGov.Cedar;

/// <summary>Reads types, attributes, annotations and lists of entity types of a schema text.</summary>
internal sealed class SchemaTypeParser(SchemaTokens tokens)
{
    private int depth;

    /// <summary>Forgets what was open when a declaration was left.</summary>
    public void Reset() => depth = 0;

    public TypeTree Read()
    {
        SchemaPlace place = tokens.Here;
        if (tokens.Kind == TokenKind.LeftBrace)
        {
            return Record();
        }

        // `Set` alone may be the name of an entity type.
        if (!tokens.IsWord("Set") || tokens.KindAfter(1) != TokenKind.Less)
        {
            return new NamedTree(place, tokens.Path("a type: a name, Set<...> or attributes in braces"), NameKinds.EntityOrCommon);
        }

        Deeper();
        tokens.Take();
        tokens.Take();
        TypeTree element = Read();
        tokens.Expect(TokenKind.Greater, "`>`");
        depth--;
        return new SetTree(place, element);
    }

    public RecordTree Record()
    {
        SchemaPlace place = tokens.Here;
        Deeper();
        tokens.Expect(TokenKind.LeftBrace, "`{`");
        var attributes = new List<AttributeTree>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (tokens.Kind != TokenKind.RightBrace)
        {
            AttributeTree attribute = Attribute();
            if (!names.Add(attribute.Name))
            {
                throw TokenReader.Fail(attribute.Place.Offset, $"The attribute {ValueText.Quote(attribute.Name)} is declared twice in one record.");
            }

            attributes.Add(attribute);
            if (!tokens.TakeIf(TokenKind.Comma))
            {
                break;
            }
        }

        tokens.Expect(TokenKind.RightBrace, "`,` or `}`");
        depth--;
        return new RecordTree(place, attributes);
    }

    /// <summary>One entity type, or several in brackets.</summary>
    public List<NameReference> EntityTypes()
    {
        if (!tokens.TakeIf(TokenKind.LeftBracket))
        {
            return [EntityType()];
        }

        if (tokens.TakeIf(TokenKind.RightBracket))
        {
            return [];
        }

        List<NameReference> found = tokens.Items(EntityType);
        tokens.Expect(TokenKind.RightBracket, "`,` or `]`");
        return found;
    }

    public SchemaAnnotations Annotations()
    {
        if (tokens.Kind != TokenKind.At)
        {
            return SchemaAnnotations.None;
        }

        var annotations = new SchemaAnnotations();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (tokens.TakeIf(TokenKind.At))
        {
            int offset = tokens.Offset;
            string name = tokens.AnyIdentifier("the name of an annotation");
            string value = "";
            if (tokens.TakeIf(TokenKind.LeftParenthesis))
            {
                value = tokens.Text("a string");
                tokens.Expect(TokenKind.RightParenthesis, "`)`");
            }

            if (!names.Add(name))
            {
                throw TokenReader.Fail(offset, $"The annotation @{name} occurs twice in one place.");
            }

            annotations.Add(KeyValuePair.Create(name, value));
        }

        return annotations;
    }

    private AttributeTree Attribute()
    {
        SchemaAnnotations annotations = Annotations();
        SchemaPlace place = tokens.Here;
        string name = tokens.Name("the name of an attribute");
        bool isOptional = tokens.IsQuestionMark;
        if (isOptional)
        {
            tokens.Take();
        }

        tokens.Expect(TokenKind.Colon, isOptional ? "`:`" : "`:`, or `?:` for an optional attribute");
        return new AttributeTree(place, name, !isOptional, annotations, Read());
    }

    private NameReference EntityType() => new(tokens.Here, tokens.Path("the name of an entity type"));

    private void Deeper()
    {
        depth++;
        if (depth > TypeTree.DepthMax)
        {
            throw TokenReader.Fail(tokens.Offset, $"The type nests sets and records deeper than {TypeTree.DepthMax}.");
        }
    }
}
