using System.Security.Cryptography;
using AccessGov.TransparencyLog;

namespace AccessGov.Audit.Trail;

/// <summary>The files of sealed fields that are too long for a leaf, named by their SHA-256 in hexadecimal digits. Thread-safe.</summary>
internal static class BlobFiles
{
    private const int BytesMax = 256 * 1024 * 1024;

    /// <summary>Reads one that a leaf names.</summary>
    /// <exception cref="FormatException">It is not what the leaf names, or the name is none.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public static byte[] Read(string directory, string hash)
    {
        if (hash.Length != SHA256.HashSizeInBytes * 2 || !hash.All(char.IsAsciiHexDigitLower))
        {
            throw new FormatException("The name of a sealed field's file is no SHA-256.");
        }

        byte[] content = RegularFile.ReadAll(TrailWriter.BlobPath(directory, hash), BytesMax);
        return Convert.ToHexStringLower(SHA256.HashData(content)) == hash ? content
            : throw new FormatException($"{TrailWriter.BlobPath(directory, hash)} does not have this SHA-256.");
    }
}
