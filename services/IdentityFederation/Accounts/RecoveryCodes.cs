using System.Security.Cryptography;
using System.Text;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>Codes that stand in for a lost second factor, each once: 80 random bits, of which only the hash is kept.</summary>
internal static class RecoveryCodes
{
    public const int Count = 10;
    private const int Bytes = 10;

    /// <summary>New codes, in groups of four for people who copy them by hand.</summary>
    public static string[] New() =>
        [.. Enumerable.Range(0, Count).Select(_ => string.Join('-', OneTimeCodes.Base32(RandomNumberGenerator.GetBytes(Bytes)).Chunk(4).Select(part => new string(part))))];

    /// <summary>The hash of a code, however it is typed.</summary>
    public static string Hash(string person, string code)
    {
        string plain = new([.. code.Where(char.IsAsciiLetterOrDigit).Select(char.ToUpperInvariant)]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{person}\n{plain}")));
    }
}
