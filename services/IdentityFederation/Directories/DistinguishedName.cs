using System.Security.Cryptography;
using System.Text;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>
/// Names of entries (RFC 4514). Two ways to write one name have one key: letter case, blanks around separators and the way of escaping tell nothing apart.
/// The key is a hash, because names of entries are names of people.
/// </summary>
internal static class DistinguishedName
{
    private const string Special = ",+\"\\<>;=# ";

    /// <summary>The key of a name; null for what is no name.</summary>
    public static string? KeyOf(string name)
    {
        var normal = new StringBuilder();
        int at = 0;
        do
        {
            int equals = name.IndexOf('=', at);
            if (equals < 0 || name[at..equals].Trim() is not { Length: > 0 } type || !type.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.'))
            {
                return null;
            }

            at = equals + 1;
            if (Value(name, ref at) is not { } value)
            {
                return null;
            }

            // Lengths keep values with separators in them apart from several values.
            normal.Append(type.ToLowerInvariant()).Append('=').Append(value.Length).Append(':').Append(value.ToLowerInvariant()).Append(at < name.Length ? name[at] : ' ');
        }
        while (at++ < name.Length);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(normal.ToString())));
    }

    /// <summary>Reads up to the separator; null when the escaping is wrong or nothing is there.</summary>
    private static string? Value(string name, ref int at)
    {
        var bytes = new List<byte>();
        int kept = 0;
        for (; at < name.Length && name[at] is not (',' or '+'); at++)
        {
            if (name[at] != '\\')
            {
                // A pair of surrogates is one character.
                int length = char.IsHighSurrogate(name[at]) && at + 1 < name.Length ? 2 : 1;
                if (bytes.Count > 0 || name[at] != ' ')
                {
                    bytes.AddRange(Encoding.UTF8.GetBytes(name, at, length));
                    kept = name[at] == ' ' ? kept : bytes.Count;
                }

                at += length - 1;
                continue;
            }

            if (at + 2 < name.Length && char.IsAsciiHexDigit(name[at + 1]) && char.IsAsciiHexDigit(name[at + 2]))
            {
                bytes.Add(Convert.ToByte(name.Substring(at + 1, 2), 16));
                at += 2;
            }
            else if (at + 1 < name.Length && Special.Contains(name[at + 1], StringComparison.Ordinal))
            {
                bytes.Add((byte)name[++at]);
            }
            else
            {
                return null;
            }

            kept = bytes.Count;
        }

        return kept == 0 ? null : Encoding.UTF8.GetString([.. bytes.Take(kept)]);
    }
}
