using System.Text.Json;
using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>
/// Parses what I-JSON (RFC 7493) and the AuthZEN API allow: UTF-8 without lone surrogates, no member twice, numbers within IEEE double, at most 32 levels deep.
/// </summary>
internal static class InternetJson
{
    private const string HalfPair = "A string or a member's name holds half a surrogate pair: text must be whole Unicode.";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = StrictJson.DepthMax, AllowDuplicateProperties = false };

    /// <summary>Answers the document, or null and a sentence that says what is wrong.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> utf8, out string error)
    {
        if (utf8.IsEmpty)
        {
            error = "The body is empty: send a JSON object.";
            return null;
        }

        if (!System.Text.Unicode.Utf8.IsValid(utf8.Span))
        {
            error = "The body is not UTF-8.";
            return null;
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8, Options);
        }
        catch (JsonException problem)
        {
            error = $"The body is not JSON that can be taken: {Sentence(problem)}";
            return null;
        }
        catch (InvalidOperationException)
        {
            // The search for doubled members unescapes their names, and cannot unescape half a surrogate pair.
            error = HalfPair;
            return null;
        }

        if (HasRiskyEscapeOrNumber(utf8.Span) && FindUnsafeValue(document.RootElement) is { } found)
        {
            document.Dispose();
            error = found;
            return null;
        }

        error = "";
        return document;
    }

    private static string Sentence(JsonException problem)
    {
        int end = problem.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string text = end < 0 ? problem.Message : problem.Message[..end];
        return problem.LineNumber is { } line ? $"{text} (line {line + 1}, byte {problem.BytePositionInLine + 1})" : text;
    }

    /// <summary>Most bodies have neither a Unicode escape nor an exponent nor a very long number; only the others are walked.</summary>
    private static bool HasRiskyEscapeOrNumber(ReadOnlySpan<byte> utf8)
    {
        const int LongNumber = 300;
        int digits = 0;
        for (int i = 0; i < utf8.Length; i++)
        {
            byte character = utf8[i];
            bool risky = character switch
            {
                (byte)'e' or (byte)'E' => digits > 0,
                (byte)'u' => i > 0 && utf8[i - 1] == (byte)'\\',
                _ => digits >= LongNumber,
            };
            if (risky)
            {
                return true;
            }

            digits = char.IsAsciiDigit((char)character) ? digits + 1 : 0;
        }

        return false;
    }

    private static string? FindUnsafeValue(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Select(member => FindUnsafeName(member) ?? FindUnsafeValue(member.Value)).FirstOrDefault(found => found is not null),
        JsonValueKind.Array => element.EnumerateArray().Select(FindUnsafeValue).FirstOrDefault(found => found is not null),
        JsonValueKind.String => IsWholeText(() => element.GetString()) ? null : HalfPair,
        JsonValueKind.Number => element.TryGetDouble(out double number) && double.IsFinite(number) ? null : "A number is beyond the range of an IEEE double.",
        _ => null,
    };

    private static string? FindUnsafeName(JsonProperty member) =>
        IsWholeText(() => member.Name) ? null : HalfPair;

    private static bool IsWholeText(Func<string?> read)
    {
        try
        {
            return read() is not null;
        }
        catch (InvalidOperationException)
        {
            // The reader's own word for an escaped half of a surrogate pair.
            return false;
        }
    }
}
