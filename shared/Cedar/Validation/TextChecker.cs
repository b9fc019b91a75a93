using System.Text;

namespace AccessGov.Cedar;

/// <summary>
/// Warnings about text that may not be what it looks like. As in the official validator the id of an entity counts as an identifier, and
/// a text gets one warning: direction first, then odd characters, then mixed scripts. For the extent of the last two see
/// <see cref="UnicodeScripts"/>.
/// </summary>
internal sealed class TextChecker(PolicyTree tree, ScopePlaces places, Findings findings)
{
    public void Check()
    {
        Scope(tree.Principal);
        for (int i = 0; i < tree.Action.Entities.Count; i++)
        {
            int index = i;
            Identifier(tree.Action.Entities[i].Id, () => places.OfAction(index));
        }

        Scope(tree.Resource);
        foreach (Condition condition in tree.Conditions)
        {
            ExpressionWalk.Each(condition.Body, Visit);
        }
    }

    private void Scope(EntityScope scope)
    {
        if (scope.Entity is not null)
        {
            Identifier(scope.Entity.Id, () => places.OfEntity(scope));
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
                Identifier(uid.Id, () => expression.Offset);
                break;
            case AttributeExpression attribute:
                Identifier(attribute.Name, () => expression.Offset);
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
            Identifier(name, () => offset);
        }
    }

    private void String(string text, int offset)
    {
        if (Ascii.IsValid(text) || findings.HasAllWarnings)
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

    private void Identifier(string text, Func<int> place)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') || findings.HasAllWarnings)
        {
            return;
        }

        if (text.EnumerateRunes().Any(IsBidi))
        {
            Warn(
                ValidationWarningKind.BidiCharsInIdentifier, place(),
                $"The identifier {Escaped(text)} holds characters that change the direction of text.");
        }
        else if (text.EnumerateRunes().Where(IsOdd).Select(odd => (Rune?)odd).FirstOrDefault() is { } odd)
        {
            Warn(
                ValidationWarningKind.ConfusableIdentifier, place(),
                $"The identifier {Escaped(text)} holds the character U+{odd.Value:X4}, which is not seen or easily taken for another.");
        }
        else if (!UnicodeScripts.AreOne(text))
        {
            Warn(ValidationWarningKind.MixedScriptIdentifier, place(), $"The identifier {Escaped(text)} holds letters of several scripts.");
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
