using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace AccessGov.DemoHospital.Identities;

/// <summary>What an authenticator app shows: time-based one-time passwords (RFC 6238) of six digits, another one every 30 seconds.</summary>
internal static class AuthenticatorApp
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string CodeAt(string key, DateTimeOffset time)
    {
        byte[] counter = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, time.ToUnixTimeSeconds() / (long)Step.TotalSeconds);
#pragma warning disable CA5350 // The algorithm of authenticator apps; what it is used for does not rest on collisions.
        byte[] hash = HMACSHA1.HashData(Decoded(key), counter);
#pragma warning restore CA5350
        int number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xf)) & int.MaxValue;
        return (number % 1_000_000).ToString("d6", CultureInfo.InvariantCulture);
    }

    private static byte[] Decoded(string key)
    {
        var bytes = new List<byte>();
        (int bits, int count) = (0, 0);
        foreach (char character in key)
        {
            (bits, count) = ((bits << 5) | Base32.IndexOf(character, StringComparison.Ordinal), count + 5);
            if (count >= 8)
            {
                count -= 8;
                bytes.Add((byte)(bits >> count));
                bits &= (1 << count) - 1;
            }
        }

        return [.. bytes];
    }
}
