using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>Reads filters and paths: one pass, bounded in length and depth, so that no text is expensive to refuse.</summary>
internal sealed class ScimFilterReader(string text, ScimResourceType type)
{
    public const int LengthMax = 8_000;

    private const int DepthMax = 40;

    private int at;
    private int depth;

    // Inside of brackets, names are those of the parts of this attribute.
    private ScimAttribute? within;

    /// <exception cref="ScimException">It is none: invalidFilter.</exception>
    public static ScimFilter Parse(string text, ScimResourceType type)
    {
        var reader = new ScimFilterReader(text, type);
        return text.Length <= LengthMax
            ? reader.ReadWholeFilter()
            : throw new ScimException("invalidFilter", $"A filter has at most {LengthMax} characters.");
    }

    private ScimFilter ReadWholeFilter()
    {
        ScimFilter filter = ReadOr();
        SkipBlanks();
        return at == text.Length ? filter : throw Bad("the filter does not end here");
    }

    /// <summary>
    /// A path of PATCH: an attribute, perhaps with a filter among its values and a part; null when there is no such attribute.
    /// </summary>
    public ScimPath? ReadWholePath()
    {
        if (text.Length > LengthMax)
        {
            throw new ScimException("invalidPath", $"A path has at most {LengthMax} characters.");
        }

        ScimPath? path = ReadPath();
        return at == text.Length ? path : null;
    }

    private ScimFilter ReadOr()
    {
        if (++depth > DepthMax)
        {
            throw Bad($"a filter is nested at most {DepthMax} deep");
        }

        var parts = new List<ScimFilter> { ReadAnd() };
        while (Word("or"))
        {
            parts.Add(ReadAnd());
        }

        depth--;
        return parts is [var one] ? one : new ScimFilter.Or(parts);
    }

    private ScimFilter ReadAnd()
    {
        var parts = new List<ScimFilter> { ReadTerm() };
        while (Word("and"))
        {
            parts.Add(ReadTerm());
        }

        return parts is [var one] ? one : new ScimFilter.And(parts);
    }

    private ScimFilter ReadTerm()
    {
        SkipBlanks();
        bool negated = text.AsSpan(at).StartsWith("not", StringComparison.OrdinalIgnoreCase)
            && text.AsSpan(at + 3).TrimStart(' ') is ['(', ..];
        if (negated)
        {
            at += 3;
            SkipBlanks();
        }

        if (at < text.Length && text[at] == '(')
        {
            at++;
            ScimFilter inner = ReadOr();
            SkipBlanks();
            Expect(')');
            return negated ? new ScimFilter.Not(inner) : inner;
        }

        return ReadComparison();
    }

    private ScimFilter ReadComparison()
    {
        int start = at;
        ScimPath? found = ReadPath();
        if (found is not { Attribute: not null } path)
        {
            string owner = within is null ? $"a {type.Name}" : within.Name;
            throw new ScimException("invalidFilter", $"\"{text[start..Math.Min(at, start + 100)]}\" is no attribute of {owner}.");
        }

        SkipBlanks();
        if (path.Among is not null && (at == text.Length || text[at] is ')' or ']' || NextIs("and") || NextIs("or")))
        {
            return new ScimFilter.Some(path);
        }

        int from = at;
        while (at < text.Length && char.IsAsciiLetter(text[at]))
        {
            at++;
        }

        if (!Enum.TryParse(text.AsSpan(from, at - from), ignoreCase: true, out ScimOperator comparison))
        {
            throw Bad("an operator is one of eq, ne, co, sw, ew, gt, ge, lt, le, pr");
        }

        if (comparison == ScimOperator.Pr)
        {
            return new ScimFilter.Compare(path, comparison, null);
        }

        SkipBlanks();
        return new ScimFilter.Compare(path, comparison, ScimLiteral.Of(path, comparison, ReadValue(), Bad));
    }

    private ScimPath? ReadPath()
    {
        int start = at;
        while (at < text.Length && text[at] is not (' ' or '(' or ')' or '[' or ']' or '"'))
        {
            at++;
        }

        string name = text[start..at];
        ScimPath? path = within is null
            ? ScimPath.OfName(name, type)
            : within.Part(name) is { } part ? new ScimPath(null, part) : null;
        if (path is not { Attribute: { } attribute, Part: null } || at == text.Length || text[at] != '[')
        {
            return path;
        }

        if (within is not null || attribute is not { Many: true, Kind: ScimKind.Complex })
        {
            throw Bad("brackets follow an attribute that has several values in parts");
        }

        at++;
        within = attribute;
        ScimFilter among = ReadOr();
        within = null;
        SkipBlanks();
        Expect(']');
        path = path with { Among = among };
        if (at == text.Length || text[at] != '.')
        {
            return path;
        }

        int dot = ++at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '$' or '_' or '-'))
        {
            at++;
        }

        return attribute.Part(text[dot..at]) is { } of ? path with { Part = of } : null;
    }

    // A literal of JSON: a string, true, false, null or a number.
    private JsonNode? ReadValue()
    {
        int start = at;
        if (at < text.Length && text[at] == '"')
        {
            for (at++; at < text.Length && text[at] != '"'; at++)
            {
                at += text[at] == '\\' ? 1 : 0;
            }

            at = Math.Min(at + 1, text.Length);
        }
        else
        {
            while (at < text.Length && text[at] is not (' ' or ')' or ']'))
            {
                at++;
            }
        }

        return ScimLiteral.Parse(text[start..at], Bad);
    }

    private bool Word(string word)
    {
        int before = at;
        SkipBlanks();
        if (NextIs(word))
        {
            at += word.Length;
            return true;
        }

        at = before;
        return false;
    }

    private bool NextIs(string word) =>
        text.AsSpan(at).StartsWith(word, StringComparison.OrdinalIgnoreCase)
            && (at + word.Length == text.Length || text[at + word.Length] is ' ' or '(');

    private void Expect(char wanted)
    {
        if (at == text.Length || text[at] != wanted)
        {
            throw Bad($"{wanted} is missing");
        }

        at++;
    }

    private void SkipBlanks()
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }
    }

    private ScimException Bad(string what) => new("invalidFilter", $"The filter cannot be read at character {at + 1}: {what}.");
}
