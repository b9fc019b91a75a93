using System.Buffers;

namespace AccessGov.Cedar;

/// <summary>What may be an identifier, an entity type and an attribute name in dot form.</summary>
internal static class Names
{
    public const string ReservedNamespace = "__cedar";

    /// <summary>The hexadecimal digits in both cases.</summary>
    public static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly SearchValues<char> IdentifierCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    public static bool IsIdentifierStart(char c) => char.IsAsciiLetter(c) || c == '_';

    public static bool IsIdentifierPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    public static bool IsReserved(string identifier) => identifier is
        "true" or "false" or "if" or "then" or "else" or "in" or "like" or "has" or "is" or ReservedNamespace;

    /// <summary>Letters, digits and underscores, no digit first: an identifier, or a reserved word.</summary>
    public static bool IsWord(ReadOnlySpan<char> text) =>
        !text.IsEmpty && IsIdentifierStart(text[0]) && !text.ContainsAnyExcept(IdentifierCharacters);

    /// <summary>A name as it may stand behind a dot, or as the key of a record without quotation marks.</summary>
    public static bool IsIdentifier(string text) => IsWord(text) && !IsReserved(text);

    public static bool IsNormalizedPath(string path)
    {
        ReadOnlySpan<char> rest = path;
        foreach (Range range in rest.Split("::"))
        {
            ReadOnlySpan<char> part = rest[range];
            if (!IsWord(part) || IsReserved(part.ToString()))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether <paramref name="type"/> may be the type of an action: <c>Action</c>, in a namespace or not.</summary>
    public static bool IsActionType(string type) =>
        string.Equals(type, "Action", StringComparison.Ordinal) || type.EndsWith("::Action", StringComparison.Ordinal);
}
