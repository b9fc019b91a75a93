using System.Globalization;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>A part of the members of a group: servers give at most 1,500 at once, and say in the attribute's name which they gave.</summary>
/// <param name="Next">The first that is missing; null when none is.</param>
internal readonly record struct MemberRange(int? Next)
{
    private const string Option = "member;range=";

    /// <summary>The attribute to ask for first.</summary>
    public static string First(int size) => From(0, size);

    public static string From(int start, int size) => string.Create(CultureInfo.InvariantCulture, $"{Option}{start}-{start + size - 1}");

    /// <summary>What the name of an answered attribute says; null when it is not of members.</summary>
    public static MemberRange? Of(string attribute)
    {
        if (attribute.Equals("member", StringComparison.OrdinalIgnoreCase))
        {
            return new MemberRange(null);
        }

        if (!attribute.StartsWith(Option, StringComparison.OrdinalIgnoreCase) || attribute[Option.Length..].Split('-') is not [_, var last])
        {
            return null;
        }

        return last == "*" ? new MemberRange(null)
            : int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out int end) && end < int.MaxValue ? new MemberRange(end + 1)
            : null;
    }
}
