using System.Collections.Immutable;
using System.Text;

namespace AccessGov.ArchiveRequests;

/// <summary>
/// A request target as it stood on the wire, read in the one way that every server in between reads it; whatever two servers could read
/// differently is refused.
/// The proxy forwards the same bytes that we decide on, so a target that the archive would unescape, join or cut differently must not get
/// this far.
/// </summary>
/// <param name="Segments">The path's segments, decoded; none for the root. One trailing slash is dropped, as Orthanc does.</param>
/// <param name="Query">The query's arguments in order, decoded; no name twice except QIDO's includefield.</param>
internal sealed record RequestTarget(ImmutableArray<string> Segments, ImmutableArray<QueryArgument> Query)
{
    public const int LengthMax = 8_192;

    // Orthanc unescapes %2F before it splits the path and resolves dot segments, cuts at %00 and drops %20 at the end: nothing is
    // unescaped here
    // but a blank (names of modalities) and a comma (lists of frames), neither of which means anything to a path.
    private const string PathCharacters = "-._~,:@+=";

    /// <summary>Null when the target is not in origin form or could be read in two ways.</summary>
    public static RequestTarget? Parse(string target)
    {
        if (target.Length is 0 or > LengthMax || target[0] != '/' || target.Any(character => character is <= ' ' or > '~' or '\\' or '#'))
        {
            return null;
        }

        int question = target.IndexOf('?', StringComparison.Ordinal);
        ImmutableArray<string>? segments = Split(question < 0 ? target : target[..question]);
        ImmutableArray<QueryArgument>? query = question < 0 ? [] : Arguments(target[(question + 1)..]);
        return segments is { } path && query is { } arguments ? new RequestTarget(path, arguments) : null;
    }

    private static ImmutableArray<string>? Split(string path)
    {
        if (path == "/")
        {
            return [];
        }

        var segments = ImmutableArray.CreateBuilder<string>();
        foreach (string raw in (path[^1] == '/' ? path[1..^1] : path[1..]).Split('/'))
        {
            string segment = raw.Replace("%20", " ", StringComparison.Ordinal).Replace("%2C", ",", StringComparison.OrdinalIgnoreCase);
            if (segment.Length == 0 || segment is "." or ".." || segment[0] == ' ' || segment[^1] == ' '
                || segment.Any(character => !char.IsAsciiLetterOrDigit(character) && character != ' '
                    && !PathCharacters.Contains(character, StringComparison.Ordinal)))
            {
                return null;
            }

            segments.Add(segment);
        }

        return segments.ToImmutable();
    }

    private static ImmutableArray<QueryArgument>? Arguments(string query)
    {
        if (query.Length == 0)
        {
            return [];
        }

        var arguments = ImmutableArray.CreateBuilder<QueryArgument>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string pair in query.Split('&'))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? pair : pair[..equals];
            // Orthanc does not unescape names, others do; a semicolon separates for some. Escaped or odd names have no honest use.
            if (name.Length == 0 || name.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('.' or '_' or '-'))
                || Unescape(equals < 0 ? "" : pair[(equals + 1)..]) is not { } value)
            {
                return null;
            }

            // GET with _method=delete deletes in Orthanc.
            if (name.Equals("_method", StringComparison.OrdinalIgnoreCase) || (!names.Add(name) && name != "includefield"))
            {
                return null;
            }

            arguments.Add(new QueryArgument(name, value));
        }

        return arguments.ToImmutable();
    }

    /// <summary>Null for half an escape, a control character, a raw semicolon or bytes that are not UTF-8.</summary>
    private static string? Unescape(string text)
    {
        var bytes = new byte[text.Length];
        int length = 0;
        for (int at = 0; at < text.Length; at++)
        {
            int value = text[at];
            if (value == '%')
            {
                if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
                {
                    return null;
                }

                value = Convert.ToInt32(text.Substring(at + 1, 2), 16);
                at += 2;
            }
            else if (value == '+')
            {
                value = ' ';
            }
            else if (value == ';')
            {
                return null;
            }

            if (value is < 0x20 or 0x7f)
            {
                return null;
            }

            bytes[length++] = (byte)value;
        }

        try
        {
            return Utf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}

internal readonly record struct QueryArgument(string Name, string Value);
