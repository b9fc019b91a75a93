namespace AccessGov.Cedar;

/// <summary>Cuts a text into tokens. It never fails: what is no token becomes one that the parser refuses where it meets it.</summary>
internal static class Lexer
{
    public static List<Token> Tokenize(SourceText source)
    {
        string text = source.Text;
        var tokens = new List<Token>((text.Length / 4) + 2);
        int at = 0;
        while (true)
        {
            at = SkipBlanks(source, at);
            if (at == text.Length)
            {
                tokens.Add(new Token(TokenKind.End, at, 0));
                return tokens;
            }

            Token token = Read(text, at);
            tokens.Add(token);
            at += token.Length;
        }
    }

    private static int SkipBlanks(SourceText source, int at)
    {
        string text = source.Text;
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
            }
            else if (text[at] == '/' && at + 1 < text.Length && text[at + 1] == '/')
            {
                int end = text.AsSpan(at).IndexOfAny('\n', '\r');
                int length = end < 0 ? text.Length - at : end;
                source.Add(new Comment(at, length));
                at += length;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    private static Token Read(string text, int at)
    {
        char c = text[at];
        if (Names.IsIdentifierStart(c))
        {
            return new Token(TokenKind.Identifier, at, IdentifierLength(text, at));
        }

        if (char.IsAsciiDigit(c))
        {
            int digits = text.AsSpan(at).IndexOfAnyExceptInRange('0', '9');
            return new Token(TokenKind.Number, at, digits < 0 ? text.Length - at : digits);
        }

        if (c == '"')
        {
            return ReadString(text, at);
        }

        if (c == '?' && at + 1 < text.Length && Names.IsIdentifierStart(text[at + 1]))
        {
            return new Token(TokenKind.Slot, at, 1 + IdentifierLength(text, at + 1));
        }

        (TokenKind kind, int length) = Symbol(c, at + 1 < text.Length ? text[at + 1] : '\0');
        return new Token(kind, at, length);
    }

    private static (TokenKind Kind, int Length) Symbol(char c, char next) => (c, next) switch
    {
        (':', ':') => (TokenKind.DoubleColon, 2),
        ('=', '=') => (TokenKind.Equal, 2),
        ('!', '=') => (TokenKind.NotEqual, 2),
        ('<', '=') => (TokenKind.LessOrEqual, 2),
        ('>', '=') => (TokenKind.GreaterOrEqual, 2),
        ('|', '|') => (TokenKind.Or, 2),
        ('&', '&') => (TokenKind.And, 2),
        ('@', _) => (TokenKind.At, 1),
        ('.', _) => (TokenKind.Dot, 1),
        (',', _) => (TokenKind.Comma, 1),
        (';', _) => (TokenKind.Semicolon, 1),
        (':', _) => (TokenKind.Colon, 1),
        ('(', _) => (TokenKind.LeftParenthesis, 1),
        (')', _) => (TokenKind.RightParenthesis, 1),
        ('{', _) => (TokenKind.LeftBrace, 1),
        ('}', _) => (TokenKind.RightBrace, 1),
        ('[', _) => (TokenKind.LeftBracket, 1),
        (']', _) => (TokenKind.RightBracket, 1),
        ('<', _) => (TokenKind.Less, 1),
        ('>', _) => (TokenKind.Greater, 1),
        ('+', _) => (TokenKind.Plus, 1),
        ('-', _) => (TokenKind.Minus, 1),
        ('*', _) => (TokenKind.Star, 1),
        ('/', _) => (TokenKind.Slash, 1),
        ('%', _) => (TokenKind.Percent, 1),
        ('!', _) => (TokenKind.Not, 1),
        ('=', _) => (TokenKind.Assign, 1),
        _ => (TokenKind.Invalid, char.IsSurrogatePair(c, next) ? 2 : 1),
    };

    private static Token ReadString(string text, int at)
    {
        bool loneSurrogate = false;
        for (int i = at + 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    return new Token(loneSurrogate ? TokenKind.LoneSurrogate : TokenKind.String, at, i - at + 1);
                case '\\' when i + 1 < text.Length && text[i + 1] != '\n':
                    // Halves of pairs are looked at like those that stand without a backslash.
                    i += char.IsSurrogate(text[i + 1]) ? 0 : 1;
                    break;
                case '\\':
                    return new Token(TokenKind.UnterminatedString, at, i - at);
                case var c when char.IsSurrogate(c):
                    if (i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]))
                    {
                        i++;
                    }
                    else
                    {
                        loneSurrogate = true;
                    }

                    break;
                default:
                    break;
            }
        }

        return new Token(TokenKind.UnterminatedString, at, text.Length - at);
    }

    private static int IdentifierLength(string text, int at)
    {
        int end = at + 1;
        while (end < text.Length && Names.IsIdentifierPart(text[end]))
        {
            end++;
        }

        return end - at;
    }
}
