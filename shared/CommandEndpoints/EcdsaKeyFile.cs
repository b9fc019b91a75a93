using System.Security.Cryptography;

namespace AccessGov.CommandEndpoints;

/// <summary>Files with keys for ES256.</summary>
public static class EcdsaKeyFile
{
    /// <summary>Reads a PEM file.</summary>
    /// <exception cref="CryptographicException">The file holds no P-256 key.</exception>
    public static ECDsa Read(string file)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(file));
        return key.KeySize == 256 ? key : throw new CryptographicException($"The key in {file} is not on the curve P-256.");
    }
}
