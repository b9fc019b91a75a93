namespace AccessGov.Audit.Ingest;

/// <summary>
/// What may stand in the trail in clear for ever: ids and codes. A name gives itself away by the blanks, commas and carets in it; what is
/// none of these is sealed instead.
/// </summary>
internal static class ClearText
{
    public const int LengthMax = 200;
    private const int CodeLengthMax = 64;
    private const int UidLengthMax = 64;

    /// <summary>The id, or null when it may not stand in clear.</summary>
    public static string? Identifier(string? text) => text?.Trim() is { } id && IsIdentifier(id) ? id : null;

    /// <summary>Whether a text is an id that may stand in clear.</summary>
    public static bool IsIdentifier(string text) => text.Length is > 0 and <= LengthMax && !text.Any(static character =>
        char.IsWhiteSpace(character) || char.IsControl(character) || char.IsSurrogate(character) || character is ',' or '^' or '\ufffd');

    /// <summary>The code, or null when it is none.</summary>
    public static string? Code(string? text) => text?.Trim() is { } code && IsCode(code) ? code : null;

    public static bool IsCode(string text) => text.Length is > 0 and <= CodeLengthMax
        && text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-' or ':');

    /// <summary>The DICOM UID, or null when it is none.</summary>
    public static string? Uid(string? text) => text?.Trim() is { } uid && IsUid(uid) ? uid : null;

    public static bool IsUid(string text) => text.Length is > 0 and <= UidLengthMax
        && text.All(static character => char.IsAsciiDigit(character) || character == '.') && char.IsAsciiDigit(text[0])
            && char.IsAsciiDigit(text[^1]);
}
