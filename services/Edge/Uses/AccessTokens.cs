using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace AccessGov.Edge.Uses;

/// <summary>
/// What an emergency access is shown by: its id and a MAC over it with a key that only this edge has. So the journal, which others read,
/// opens nothing, and what was given stays good when the edge starts again. Immutable.
/// </summary>
internal sealed class AccessTokens
{
    private const int KeyBytes = 32;
    private readonly byte[] key;

    public AccessTokens(IOptions<EdgeOptions> options)
    {
        string directory = options.Value.Directory;
        string file = Path.Combine(directory, "access-key");
        OwnFiles.MakeDirectory(directory);
        if (!File.Exists(file))
        {
            OwnFiles.Replace(file, RandomNumberGenerator.GetBytes(KeyBytes));
        }

        key = File.ReadAllBytes(file) is { Length: KeyBytes } read ? read
            : throw new InvalidDataException($"{file} is no key: delete it, which ends what is active here.");
    }

    public string For(string id) => $"{id}.{Base64Url.EncodeToString(Mac(id))}";

    /// <summary>The id of the access that a token shows; null when it shows none.</summary>
    public string? IdOf(string? token)
    {
        int dot = token?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        return dot > 0 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(For(token![..dot])), Encoding.UTF8.GetBytes(token))
            ? token[..dot] : null;
    }

    private byte[] Mac(string id) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(id));
}
