namespace AccessGov.Cedar.Tests.Language;

public sealed class TokenTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" \t\r\n\u00a0\u2003", "")]
    [InlineData("a _b c1 A_Z9", "Identifier:a Identifier:_b Identifier:c1 Identifier:A_Z9")]
    [InlineData("true in __cedar", "Identifier:true Identifier:in Identifier:__cedar")]
    [InlineData("1a", "Number:1 Identifier:a")]
    [InlineData("007", "Number:007")]
    [InlineData("1.5", "Number:1 Dot:. Number:5")]
    [InlineData("é", "Invalid:é")]
    [InlineData("aé", "Identifier:a Invalid:é")]
    [InlineData("\"\"", "String:\"\"")]
    [InlineData("\"a\\\"b\"c", "String:\"a\\\"b\" Identifier:c")]
    [InlineData("\"a\\\\\"c", "String:\"a\\\\\" Identifier:c")]
    [InlineData("\"// no comment\"", "String:\"// no comment\"")]
    [InlineData("\"a\nb\"", "String:\"a\nb\"")]
    [InlineData("\"open", "UnterminatedString:\"open")]
    [InlineData("\"open\\\"", "UnterminatedString:\"open\\\"")]
    [InlineData("?principal ?x", "Slot:?principal Slot:?x")]
    [InlineData("? x", "Invalid:? Identifier:x")]
    [InlineData("?1", "Invalid:? Number:1")]
    [InlineData("a::b", "Identifier:a DoubleColon::: Identifier:b")]
    [InlineData(":::", "DoubleColon::: Colon::")]
    [InlineData("== = !== !", "Equal:== Assign:= NotEqual:!= Assign:= Not:!")]
    [InlineData("<=<>=>", "LessOrEqual:<= Less:< GreaterOrEqual:>= Greater:>")]
    [InlineData("&&& |||", "And:&& Invalid:& Or:|| Invalid:|")]
    [InlineData("@.,;()[]{}", "At:@ Dot:. Comma:, Semicolon:; LeftParenthesis:( RightParenthesis:) LeftBracket:[ RightBracket:] LeftBrace:{ RightBrace:}")]
    [InlineData("+-*/%", "Plus:+ Minus:- Star:* Slash:/ Percent:%")]
    [InlineData("a//b\nc", "Identifier:a Identifier:c")]
    [InlineData("a/ /b", "Identifier:a Slash:/ Slash:/ Identifier:b")]
    [InlineData("//", "")]
    [InlineData("// a \r b", "Identifier:b")]
    public void A_text_is_cut_into_tokens(string text, string expected) => Cut(text).ShouldBe(expected);

    [Theory]
    [InlineData("a // one\n// two // still two\n\"// no\" // three", "// one|// two // still two|// three")]
    [InlineData("//\n//x", "//|//x")]
    [InlineData("a // to the end", "// to the end")]
    [InlineData("a // one\r\nb", "// one")]
    public void Comments_are_kept_to_before_the_end_of_their_line(string text, string expected)
    {
        var source = new SourceText(null, text);
        Lexer.Tokenize(source);

        string.Join('|', source.Comments.Select(comment => text.Substring(comment.Offset, comment.Length))).ShouldBe(expected);
    }

    [Fact]
    public void Tokens_lie_in_order_and_between_them_is_nothing_but_blanks_and_comments()
    {
        const string Characters = "ab_1 9\"\\'?@.,;:=!<>|&+-*/%(){}[]#é\n\r\t😀";
        for (int seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            string text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Characters[random.Next(Characters.Length)]));
            var source = new SourceText(null, text);
            List<Token> tokens = Lexer.Tokenize(source);

            int end = 0;
            foreach (Token token in tokens)
            {
                token.Offset.ShouldBeGreaterThanOrEqualTo(end, $"seed {seed}: {text}");
                string between = text[end..token.Offset];
                foreach (Comment comment in source.Comments.Where(comment => comment.Offset >= end && comment.Offset < token.Offset).Reverse())
                {
                    between = between.Remove(comment.Offset - end, comment.Length);
                }

                between.ShouldBeNullOrWhiteSpace($"seed {seed}: {text}");
                end = token.Offset + token.Length;
            }

            tokens[^1].ShouldBe(new Token(TokenKind.End, text.Length, 0), $"seed {seed}: {text}");
        }
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(2, 1, 3)]
    [InlineData(3, 2, 1)]
    [InlineData(4, 3, 1)]
    [InlineData(6, 3, 3)]
    [InlineData(7, 4, 1)]
    public void An_offset_is_a_line_and_a_column(int offset, int line, int column)
    {
        SourcePosition position = new SourceText("f.cedar", "ab\n\ncd\n").PositionOf(offset);

        position.ShouldBe(new SourcePosition("f.cedar", offset, line, column));
        position.ToString().ShouldBe($"f.cedar:{line}:{column}");
        new SourceText(null, "ab\n\ncd\n").PositionOf(offset).ToString().ShouldBe($"{line}:{column}");
    }

    private static string Cut(string text) => string.Join(' ', Lexer.Tokenize(new SourceText(null, text))
        .Where(token => token.Kind != TokenKind.End).Select(token => $"{token.Kind}:{text.Substring(token.Offset, token.Length)}"));
}
