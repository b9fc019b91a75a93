using System.Security.Cryptography;
using System.Text;

namespace AccessGov.TrailFeed;

/// <summary>Ids of messages that follow from what they tell: telling it twice is telling it once.</summary>
public static class MessageIds
{
    /// <summary>A UUID (version 8) of these parts.</summary>
    /// <param name="parts">What tells the message from others.</param>
    public static Guid Of(params string[] parts)
    {
        Span<byte> id = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))).AsSpan(0, 16);
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
