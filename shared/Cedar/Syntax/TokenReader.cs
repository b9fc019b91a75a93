using System.Text;

namespace AccessGov.Cedar;

/// <summary>
/// Leaves the policy that cannot be read. It is caught by the parser that started reading the policy, at most once per policy and
/// never outside this library.
/// </summary>
internal sealed class SyntaxFailureException(int offset, string message) : Exception(message)
{
    public int Offset => offset;
}

/// <summary>Walks over the tokens of one text and reads the small common pieces: identifiers, strings, paths, entity uids.</summary>
internal sealed class TokenReader(SourceText source)
{
    private readonly List<Token> tokens = Lexer.Tokenize(source);
    private int at;

    public SourceText Source => source;

    public Token Current => tokens[at];

    public TokenKind Kind => tokens[at].Kind;

    /// <summary>The end of the token before the current one.</summary>
    public int PreviousEnd => at == 0 ? 0 : tokens[at - 1].Offset + tokens[at - 1].Length;

    public static SyntaxFailureException Fail(int offset, string message) => new(offset, Excerpt.Of(message));

    public TokenKind KindAfter(int count) => tokens[Math.Min(at + count, tokens.Count - 1)].Kind;

    public ReadOnlySpan<char> TextOf(Token token) => source.Text.AsSpan(token.Offset, token.Length);

    public bool IsWord(string word) => Kind == TokenKind.Identifier && TextOf(Current).SequenceEqual(word);

    public Token Take()
    {
        Token token = Current;
        if (token.Kind != TokenKind.End)
        {
            at++;
        }

        return token;
    }

    public bool TakeIf(TokenKind kind)
    {
        if (Kind != kind)
        {
            return false;
        }

        at++;
        return true;
    }

    public Token Expect(TokenKind kind, string expected) => Kind == kind ? Take() : throw Unexpected(expected);

    public void ExpectWord(string word)
    {
        if (!IsWord(word))
        {
            throw Unexpected($"`{word}`");
        }

        at++;
    }

    public SyntaxFailureException Unexpected(string expected)
    {
        Token token = Current;
        string complaint = token.Kind switch
        {
            TokenKind.Assign => "`=` is not an operator in Cedar, equality is `==`",
            TokenKind.Slash when TokenFollows('*') => "`/* */` is no comment in Cedar, comments are `// ...`",
            TokenKind.Slash => "Division is not supported",
            TokenKind.Percent => "Remainder (modulo) is not supported",
            TokenKind.Slot when !IsSlot("?principal") && !IsSlot("?resource") =>
                $"`{TextOf(token)}` is not a template slot; there are ?principal and ?resource",
            _ => Complaint(),
        };
        return Fail(token.Offset, $"{complaint}; expected {expected}.");
    }

    /// <summary>What is wrong with a token that may not stand here, in a text of policies and in one of a schema.</summary>
    public string Complaint() => Kind switch
    {
        TokenKind.End => "The text ends too early",
        TokenKind.UnterminatedString => "This string has no closing quotation mark",
        TokenKind.LoneSurrogate => "This string holds half of a surrogate pair, which is not valid Unicode",
        _ => $"Unexpected `{Shorten(TextOf(Current))}`",
    };

    public bool IsSlot(string slot) => Kind == TokenKind.Slot && TextOf(Current).SequenceEqual(slot);

    /// <summary>An identifier that is not reserved, as namespaces, attributes and record keys need it.</summary>
    /// <param name="expected">What stands here.</param>
    /// <param name="otherwise">How a reserved word is written here instead, with {0} for the word; null when it is not.</param>
    public string Identifier(string expected, string? otherwise = null)
    {
        Token token = Expect(TokenKind.Identifier, expected);
        string name = TextOf(token).ToString();
        if (!Names.IsReserved(name))
        {
            return name;
        }

        // No method has such a name, so where one is called there is nothing to write instead.
        string advice = otherwise is null || Kind == TokenKind.LeftParenthesis ? "; use another name" : $"; write {otherwise.Replace("{0}", name, StringComparison.Ordinal)}";
        throw Fail(token.Offset, $"`{name}` is reserved and cannot be used here{advice}.");
    }

    public string StringText()
    {
        Token token = Expect(TokenKind.String, "a string");
        return Unescape.Text(Inside(token), out int errorOffset, out string? error)
            ?? throw Fail(token.Offset + 1 + errorOffset, error!);
    }

    public Pattern PatternText()
    {
        Token token = Expect(TokenKind.String, "a pattern, which is a string literal");
        return Unescape.Pattern(Inside(token), out int errorOffset, out string? error)
            ?? throw Fail(token.Offset + 1 + errorOffset, error!);
    }

    /// <summary>Identifiers joined by <c>::</c>, normalised; stops before a <c>::</c> that is not followed by an identifier.</summary>
    public string Path(string expected)
    {
        string first = Identifier(expected);
        if (Kind != TokenKind.DoubleColon || KindAfter(1) != TokenKind.Identifier)
        {
            return first;
        }

        var path = new StringBuilder(first);
        while (Kind == TokenKind.DoubleColon && KindAfter(1) == TokenKind.Identifier)
        {
            at++;
            path.Append("::").Append(Identifier("an identifier"));
        }

        return path.ToString();
    }

    /// <summary><c>Path::"id"</c>.</summary>
    public EntityUid EntityUid(string expected)
    {
        string type = Path(expected);
        Expect(TokenKind.DoubleColon, "`::` and the id of an entity");
        return new EntityUid(type, StringText());
    }

    /// <summary>Goes on behind the next semicolon outside braces: where the next policy is likely to start.</summary>
    public void SkipPolicy()
    {
        int braces = 0;
        while (Kind != TokenKind.End)
        {
            TokenKind kind = Take().Kind;
            braces += kind == TokenKind.LeftBrace ? 1 : kind == TokenKind.RightBrace && braces > 0 ? -1 : 0;
            if (kind == TokenKind.Semicolon && braces == 0)
            {
                return;
            }
        }
    }

    private ReadOnlySpan<char> Inside(Token literal) => TextOf(literal)[1..^1];

    private bool TokenFollows(char c)
    {
        int next = Current.Offset + Current.Length;
        return next < source.Text.Length && source.Text[next] == c;
    }

    public static string Shorten(ReadOnlySpan<char> text) => Excerpt.Beginning(text, 40);
}
