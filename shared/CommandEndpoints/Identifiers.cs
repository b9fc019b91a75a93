using System.Text.RegularExpressions;

namespace AccessGov.CommandEndpoints;

/// <summary>What the ids of people, patients and our own things may look like.</summary>
public static partial class Identifiers
{
    /// <summary>The longest id, in characters.</summary>
    public const int LengthMax = 200;

    /// <summary>An id that another system gave (a person, a patient): any text without control characters or surrounding blanks.</summary>
    public static bool IsForeign(string id) =>
        id.Length is > 0 and <= LengthMax && !id.Any(char.IsControl) && !char.IsWhiteSpace(id[0]) && !char.IsWhiteSpace(id[^1]);

    /// <summary>Words of people: something other than blanks, without NUL, which the database cannot keep.</summary>
    public static bool IsText(string text, int lengthMax) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= lengthMax && !text.Contains('\0', StringComparison.Ordinal);

    /// <summary>An id that we give (a role, a site, a department): it stands in URLs, in policies and in stream names as it is.</summary>
    public static bool IsOwn(string id) => OwnPattern().IsMatch(id);

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex OwnPattern();
}
