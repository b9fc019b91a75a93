using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>One-time codes by time (RFC 6238), as every authenticator app makes them: six digits, 30 seconds, SHA-1.</summary>
internal static class OneTimeCodes
{
    public const int SecretBytes = 20;
    private const int StepSeconds = 30;
    private const int Digits = 6;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The time step that a code is of, one step early or late at most; null when it is of none.</summary>
    public static long? StepOf(byte[] secret, string code, DateTimeOffset now)
    {
        long present = now.ToUnixTimeSeconds() / StepSeconds;
        byte[] given = Encoding.UTF8.GetBytes(code);
        return new long?[] { present, present - 1, present + 1 }
            .FirstOrDefault(step => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(CodeOf(secret, step!.Value)), given));
    }

    /// <summary>The secret as apps take it (RFC 4648 base32).</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        int buffer = 0, bits = 0;
        foreach (byte one in bytes)
        {
            buffer = (buffer << 8) | one;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                text.Append(Alphabet[(buffer >> (bits - 5)) & 31]);
            }

            buffer &= (1 << bits) - 1;
        }

        return bits == 0 ? text.ToString() : text.Append(Alphabet[(buffer << (5 - bits)) & 31]).ToString();
    }

    /// <summary>The address with which an app is set up.</summary>
    public static string AddressOf(string issuer, string userName, byte[] secret) =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(userName)}?secret={Base32(secret)}&issuer={Uri.EscapeDataString(issuer)}";

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6238's default, and the only one that every app knows; HMAC does not rest on collisions.")]
    private static string CodeOf(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        byte[] hash = HMACSHA1.HashData(secret, counter);
        uint number = BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & 0x7fff_ffff;
        return (number % 1_000_000).ToString($"D{Digits}", CultureInfo.InvariantCulture);
    }
}
