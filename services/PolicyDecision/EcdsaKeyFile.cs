using System.Security.Cryptography;

namespace AccessGov.PolicyDecision;

/// <summary>Files with keys for ES256.</summary>
internal static class EcdsaKeyFile
{
    /// <exception cref="CryptographicException">The file holds no P-256 key.</exception>
    public static ECDsa Read(string file)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(file));
        return key.KeySize == 256 ? key : throw new CryptographicException($"The key in {file} is not on the curve P-256.");
    }
}
