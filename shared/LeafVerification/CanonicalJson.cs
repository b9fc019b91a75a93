using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AccessGov.LeafVerification;

/// <summary>The only way to write a JSON value (RFC 8785), of those whose numbers are integers.</summary>
internal static class CanonicalJson
{
    // Numbers of JSON are those of IEEE 754: beyond this, not every integer is one.
    private const long IntegerMax = (1L << 53) - 1;

    /// <summary>Whether these bytes are what RFC 8785 makes of the value that they stand for.</summary>
    /// <exception cref="JsonException">They are no JSON.</exception>
    /// <exception cref="InvalidOperationException">A string in them is no Unicode.</exception>
    public static bool IsCanonical(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var written = new ArrayBufferWriter<byte>(json.Length);
        var names = new Stack<string?>();
        bool isFirst = true;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                names.Pop();
                written.Write(reader.ValueSpan);
                isFirst = false;
                continue;
            }

            written.Write(isFirst ? ""u8 : ","u8);
            isFirst = reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.StartObject or JsonTokenType.StartArray;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    names.Push(null);
                    written.Write(reader.ValueSpan);
                    break;
                case JsonTokenType.PropertyName:
                    string name = reader.GetString()!;
                    if (names.Pop() is { } before && string.CompareOrdinal(before, name) >= 0)
                    {
                        return false;
                    }

                    names.Push(name);
                    Write(written, name);
                    written.Write(":"u8);
                    break;
                case JsonTokenType.String:
                    Write(written, reader.GetString()!);
                    break;
                case JsonTokenType.Number:
                    if (!reader.TryGetInt64(out long number) || long.Abs(number) > IntegerMax)
                    {
                        return false;
                    }

                    written.Write(Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
                    break;
                default:
                    written.Write(reader.ValueSpan);
                    break;
            }
        }

        return written.WrittenSpan.SequenceEqual(json);
    }

    /// <summary>A string as ECMAScript's JSON.stringify writes it.</summary>
    private static void Write(ArrayBufferWriter<byte> written, string text)
    {
        var escaped = new StringBuilder("\"");
        foreach (char character in text)
        {
            escaped.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => character.ToString(),
            });
        }

        written.Write(Encoding.UTF8.GetBytes(escaped.Append('"').ToString()));
    }
}
