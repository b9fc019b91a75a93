using System.Text;

namespace AccessGov.ArchiveRequests;

/// <summary>Text in headers of HTTP.</summary>
public static class HeaderText
{
    private const int LengthMax = 1_000;

    /// <summary>Text for a header: printable ASCII as it is; the rest, the percent sign and what would end a JSON string, as
    /// percent-escaped UTF-8.</summary>
    /// <param name="text">Any text; what is longer than about 1,000 characters is cut.</param>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            if (encoded.Length >= LengthMax)
            {
                break;
            }

            _ = value is >= 0x20 and < 0x7f and not ((byte)'%' or (byte)'"' or (byte)'\\') ? encoded.Append((char)value)
                : encoded.Append($"%{value:X2}");
        }

        return encoded.ToString();
    }
}
