using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace AccessGov.Audit.Trail;

/// <summary>
/// Writes JSON objects in the form of RFC 8785 (JCS): no white space, strings with the fewest escapes, whole numbers. The caller names
/// members in the order of their
/// UTF-16 code units. Not safe for use by several threads at once.
/// </summary>
internal sealed class CanonicalJson(ArrayBufferWriter<byte> output)
{
    private const int NumberBytesMax = 20;
    private bool needsComma;

    public void StartObject() => Start((byte)'{');

    public void StartObject(ReadOnlySpan<byte> name)
    {
        Name(name);
        StartObject();
    }

    public void EndObject() => End((byte)'}');

    public void StartArray(ReadOnlySpan<byte> name)
    {
        Name(name);
        Start((byte)'[');
    }

    public void EndArray() => End((byte)']');

    /// <summary>Writes a member, or nothing when the value is null.</summary>
    public void String(ReadOnlySpan<byte> name, string? value)
    {
        if (value is null)
        {
            return;
        }

        Name(name);
        Quoted(value);
        needsComma = true;
    }

    /// <summary>Writes a member, or nothing when the value is null.</summary>
    public void Number(ReadOnlySpan<byte> name, long? value)
    {
        if (value is null)
        {
            return;
        }

        Name(name);
        Utf8Formatter.TryFormat(value.Value, output.GetSpan(NumberBytesMax), out int written);
        output.Advance(written);
        needsComma = true;
    }

    private void Start(byte bracket)
    {
        if (needsComma)
        {
            Byte((byte)',');
        }

        Byte(bracket);
        needsComma = false;
    }

    private void End(byte bracket)
    {
        Byte(bracket);
        needsComma = true;
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        if (needsComma)
        {
            Byte((byte)',');
        }

        Byte((byte)'"');
        output.Write(name);
        output.Write("\":"u8);
        needsComma = false;
    }

    private void Quoted(string value)
    {
        Byte((byte)'"');
        ReadOnlySpan<char> rest = value;
        while (!rest.IsEmpty)
        {
            int plain = rest.IndexOfAnyExcept(Unescaped);
            Encoding.UTF8.GetBytes(plain < 0 ? rest : rest[..plain], output);
            if (plain < 0)
            {
                break;
            }

            Escaped(rest[plain]);
            rest = rest[(plain + 1)..];
        }

        Byte((byte)'"');
    }

    private void Escaped(char character)
    {
        ReadOnlySpan<byte> escaped = character switch
        {
            '"' => "\\\""u8,
            '\\' => "\\\\"u8,
            '\b' => "\\b"u8,
            '\t' => "\\t"u8,
            '\n' => "\\n"u8,
            '\f' => "\\f"u8,
            '\r' => "\\r"u8,
            _ => default,
        };
        if (!escaped.IsEmpty)
        {
            output.Write(escaped);
            return;
        }

        output.Write("\\u00"u8);
        Byte((byte)(character < 16 ? '0' : '1'));
        Byte("0123456789abcdef"u8[character % 16]);
    }

    private void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    /// <summary>Everything but quote, backslash and the controls below the space.</summary>
    private static readonly SearchValues<char> Unescaped = SearchValues.Create(
        string.Concat(Enumerable.Range(' ', char.MaxValue - ' ' + 1).Select(code => (char)code)
            .Where(character => character is not ('"' or '\\'))));
}
