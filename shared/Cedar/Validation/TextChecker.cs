using System.Text;

namespace AccessGov.Cedar;

/// <summary>
/// Warnings about text that may not be what it looks like. As in the official validator the id of an entity counts as an identifier, and
/// a text gets one warning: direction first, then odd characters, then mixed scripts. For the extent of the last two see
/// <see cref="UnicodeScripts"/>.
/// </summary>
internal sealed class TextChecker(Findings findings)
{
    public static void Check(PolicyTree tree, Findings findings)
    {
        var checker = new TextChecker(findings);
        checker.Scope(tree, tree.Principal);
        for (int i = 0; i < tree.Action.Entities.Count; i++)
        {
            checker.Identifier(tree.Action.Entities[i].Id, ScopePlaces.OfAction(tree, i));
        }

        checker.Scope(tree, tree.Resource);
        foreach (Condition condition in tree.Conditions)
        {
            ExpressionWalk.Each(condition.Body, checker.Visit);
        }
    }

    private void Scope(PolicyTree tree, EntityScope scope)
    {
        if (scope.Entity is not null)
        {
            Identifier(scope.Entity.Id, ScopePlaces.OfEntity(tree, scope));
        }
    }

    private void Visit(Expression expression)
    {
        switch (expression)
        {
            case LiteralExpression { Value: StringValue text }:
                String(text.Text, expression.Offset);
                break;
            case LiteralExpression { Value: EntityUid uid }:
                Identifier(uid.Id, new Lazy<int>(expression.Offset));
                break;
            case AttributeExpression attribute:
                Identifier(attribute.Name, new Lazy<int>(expression.Offset));
                break;
            case HasExpression has:
                Identifiers(has.Path, expression.Offset);
                break;
            case RecordExpression record:
                Identifiers(record.Names, expression.Offset);
                break;
            case LikeExpression like:
                String(string.Join('*', like.Pattern.Segments), expression.Offset);
                break;
            default:
                break;
        }
    }

    private void Identifiers(IEnumerable<string> names, int offset)
    {
        foreach (string name in names)
        {
            Identifier(name, new Lazy<int>(offset));
        }
    }

    private void String(string text, int offset)
    {
        if (Ascii.IsValid(text))
        {
            return;
        }

        if (text.EnumerateRunes().Any(IsBidi))
        {
            Warn(ValidationWarningKind.BidiCharsInString, offset, $"The string {Escaped(text)} holds characters that change the direction of text.");
        }
        else if (!UnicodeScripts.AreOne(text))
        {
            Warn(ValidationWarningKind.MixedScriptString, offset, $"The string {Escaped(text)} holds letters of several scripts.");
        }
    }

    private void Identifier(string text, Lazy<int> place)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return;
        }

        if (text.EnumerateRunes().Any(IsBidi))
        {
            Warn(
                ValidationWarningKind.BidiCharsInIdentifier, place.Value, $"The identifier {Escaped(text)} holds characters that change the direction of text.");
        }
        else if (text.EnumerateRunes().Where(IsOdd).Select(odd => (Rune?)odd).FirstOrDefault() is { } odd)
        {
            Warn(
                ValidationWarningKind.ConfusableIdentifier, place.Value,
                $"The identifier {Escaped(text)} holds the character U+{odd.Value:X4}, which is not seen or easily taken for another.");
        }
        else if (!UnicodeScripts.AreOne(text))
        {
            Warn(ValidationWarningKind.MixedScriptIdentifier, place.Value, $"The identifier {Escaped(text)} holds letters of several scripts.");
        }
    }

    private void Warn(ValidationWarningKind kind, int offset, string problem) => findings.Warning(
        kind, offset, problem, "If it is meant, write the characters as \\u{...} so that everybody sees them.");

    private static bool IsOdd(Rune character) => character.Value is < ' ' or > '~' && !UnicodeScripts.IsPlain(character);

    // The controls that open and close embeddings, overrides and isolates.
    private static bool IsBidi(Rune character) => character.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>The text with everything outside ASCII as \u{...}: a warning must not play the trick it warns of.</summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder("\"");
        foreach (Rune character in text.EnumerateRunes().Take(40))
        {
            if (character.Value is >= ' ' and <= '~')
            {
                escaped.Append((char)character.Value);
            }
            else
            {
                escaped.Append($"\\u{{{character.Value:x}}}");
            }
        }

        return escaped.Append(text.Length > 80 ? "...\"" : "\"").ToString();
    }
}
