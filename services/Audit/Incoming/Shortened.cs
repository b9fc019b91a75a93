using System.Security.Cryptography;
using System.Text;

namespace AccessGov.Audit.Incoming;

/// <summary>
/// Ids of a service, shortened to what a leaf has room for (64 KiB for all of them): a longer one is its beginning and its hash.
/// </summary>
internal static class Shortened
{
    private const int LengthMax = 200;

    public static string Of(string id) => id.Length <= LengthMax
        ? id
        : string.Concat(id.AsSpan(0, LengthMax / 2), "#", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))));

    public static string? OrNull(string? id) => id is { Length: > 0 } ? Of(id) : null;
}
