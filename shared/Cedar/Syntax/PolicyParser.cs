using System.Globalization;

namespace AccessGov.Cedar;

/// <summary>Policies: annotations, effect and conditions. The scope is read by <see cref="ScopeParser"/>.</summary>
internal sealed class PolicyParser
{
    // A text that is no Cedar at all should not be answered with a thousand sentences.
    private const int ErrorsMax = 20;

    private readonly TokenReader reader;
    private readonly ExpressionParser expressions;
    private readonly ScopeParser scope;

    // How an error names the policy that is being read.
    private string name = "";

    private PolicyParser(SourceText source)
    {
        reader = new TokenReader(source);
        expressions = new ExpressionParser(reader);
        scope = new ScopeParser(reader);
    }

    /// <summary>Reads every policy of the text; after an error it goes on with the next policy. The policies are complete only without errors.</summary>
    public static List<PolicyTree> Parse(SourceText source, List<SyntaxError> errors)
    {
        var parser = new PolicyParser(source);
        var policies = new List<PolicyTree>();
        int allowed = errors.Count + ErrorsMax;
        int ordinal = 0;
        while (parser.reader.Kind != TokenKind.End && errors.Count < allowed)
        {
            parser.name = (++ordinal).ToString(CultureInfo.InvariantCulture);
            try
            {
                policies.Add(parser.Policy());
            }
            catch (SyntaxFailureException failure)
            {
                errors.Add(new SyntaxError(source.PositionOf(failure.Offset), parser.name, failure.Message));
                parser.expressions.Reset();
                parser.reader.SkipPolicy();
            }
        }

        return policies;
    }

    private PolicyTree Policy()
    {
        int offset = reader.Current.Offset;
        Dictionary<string, string> annotations = Annotations();
        Effect effect = ReadEffect();
        (EntityScope principal, ActionScope action, EntityScope resource) = scope.Read();
        List<Condition> conditions = Conditions();
        reader.Expect(TokenKind.Semicolon, "`when`, `unless` or `;`");
        return new PolicyTree(
            reader.Source, offset, reader.PreviousEnd - offset, effect, annotations, principal, action, resource, conditions);
    }

    private Dictionary<string, string> Annotations()
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.TakeIf(TokenKind.At))
        {
            // Every identifier may name an annotation, the reserved ones too.
            Token token = reader.Expect(TokenKind.Identifier, "the name of an annotation");
            string annotation = reader.TextOf(token).ToString();
            string value = "";
            if (reader.TakeIf(TokenKind.LeftParenthesis))
            {
                value = reader.StringText();
                reader.Expect(TokenKind.RightParenthesis, "`)`");
            }

            if (!annotations.TryAdd(annotation, value))
            {
                throw TokenReader.Fail(token.Offset, $"The annotation @{annotation} occurs twice on one policy; remove one.");
            }

            if (annotation is "id" && value.Length > 0)
            {
                name = $"`{TypeText.Short(value)}`";
            }
        }

        return annotations;
    }

    private Effect ReadEffect()
    {
        Token token = reader.Expect(TokenKind.Identifier, "`permit` or `forbid`");
        return reader.TextOf(token) switch
        {
            "permit" => Effect.Permit,
            "forbid" => Effect.Forbid,
            var word => throw TokenReader.Fail(token.Offset, $"`{word}` is not an effect; a policy starts with `permit` or `forbid`."),
        };
    }

    private List<Condition> Conditions()
    {
        var conditions = new List<Condition>();
        while (reader.IsWord("when") || reader.IsWord("unless"))
        {
            Token token = reader.Take();
            reader.Expect(TokenKind.LeftBrace, "`{`");
            if (reader.Kind == TokenKind.RightBrace)
            {
                throw TokenReader.Fail(token.Offset, $"A `{reader.TextOf(token)}` clause cannot be empty; write a condition between the braces, or leave the clause out.");
            }

            Expression body = expressions.Read();
            reader.Expect(TokenKind.RightBrace, "`}` or an operator");
            conditions.Add(new Condition(token.Offset, reader.TextOf(token).SequenceEqual("unless"), body));
        }

        return conditions;
    }
}
