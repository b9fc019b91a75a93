using System.Text;

namespace AccessGov.Cedar;

/// <summary>The small pieces of a schema text: names, paths, strings, lists. Its complaints speak of schemas, those of the reader of policies.</summary>
internal sealed class SchemaTokens(SourceText source)
{
    private readonly TokenReader reader = new(source);

    public TokenKind Kind => reader.Kind;

    public SchemaPlace Here => SchemaPlace.InText(source, reader.Current.Offset);

    public int Offset => reader.Current.Offset;

    public bool IsQuestionMark => reader.Kind == TokenKind.Invalid && reader.TextOf(reader.Current) is "?";

    public bool IsWord(string word) => reader.IsWord(word);

    public TokenKind KindAfter(int count) => reader.KindAfter(count);

    public void Take() => reader.Take();

    public bool TakeIf(TokenKind kind) => reader.TakeIf(kind);

    public bool TakeWord(string word)
    {
        bool found = reader.IsWord(word);
        if (found)
        {
            reader.Take();
        }

        return found;
    }

    public void Expect(TokenKind kind, string expected)
    {
        if (!reader.TakeIf(kind))
        {
            throw Unexpected(expected);
        }
    }

    public SyntaxFailureException Unexpected(string expected) => TokenReader.Fail(
        Offset, $"{(Kind == TokenKind.Slash ? "The only comments are `// ...`" : reader.Complaint())}; expected {expected}.");

    /// <summary>An identifier that names something new: neither a reserved word nor <c>__cedar</c>.</summary>
    public string Declared(string expected)
    {
        int offset = Offset;
        string name = Identifier(expected);
        return name.Equals(Names.ReservedNamespace, StringComparison.Ordinal)
            ? throw TokenReader.Fail(offset, "`__cedar` is reserved; choose another name.")
            : name;
    }

    /// <summary>An identifier or a string: the name of an attribute or an action.</summary>
    public string Name(string expected) => Kind == TokenKind.String ? Text(expected) : Identifier(expected);

    /// <summary>Any identifier, reserved words too: the name of an annotation.</summary>
    public string AnyIdentifier(string expected)
    {
        ReadOnlySpan<char> text = reader.TextOf(reader.Current);
        Expect(TokenKind.Identifier, expected);
        return text.ToString();
    }

    public string Text(string expected) => Kind == TokenKind.String ? reader.StringText() : throw Unexpected(expected);

    /// <summary>Identifiers joined by <c>::</c>; stops before a <c>::</c> with a string behind it.</summary>
    public string Path(string expected)
    {
        string first = Identifier(expected);
        if (Kind != TokenKind.DoubleColon)
        {
            return first;
        }

        var path = new StringBuilder(first);
        while (Kind == TokenKind.DoubleColon && KindAfter(1) != TokenKind.String)
        {
            Take();
            path.Append("::").Append(Identifier("an identifier"));
        }

        return path.ToString();
    }

    /// <summary>One item, or several with commas between them; no comma behind the last.</summary>
    public List<T> Items<T>(Func<T> read)
    {
        var items = new List<T> { read() };
        while (TakeIf(TokenKind.Comma))
        {
            if (Kind is TokenKind.RightBracket or TokenKind.Semicolon)
            {
                throw Unexpected("another item: a list of names has no comma behind the last");
            }

            items.Add(read());
        }

        return items;
    }

    /// <summary>Goes on behind the next semicolon, where the next declaration is likely to start.</summary>
    public void SkipDeclaration()
    {
        while (Kind is not (TokenKind.End or TokenKind.Semicolon))
        {
            Take();
        }

        Take();
    }

    private string Identifier(string expected)
    {
        int offset = Offset;
        string name = AnyIdentifier(expected);
        return name is not Names.ReservedNamespace && Names.IsReserved(name)
            ? throw TokenReader.Fail(offset, $"`{name}` is reserved and cannot be used here; expected {expected}.")
            : name;
    }
}
