namespace AccessGov.PolicyDecision;

/// <summary>Files with keys for HMAC-SHA256: their bytes are the key.</summary>
internal static class SecretKeyFile
{
    public const int BytesMin = 32;

    /// <exception cref="InvalidDataException">The key is shorter than 32 bytes.</exception>
    public static byte[] Read(string file)
    {
        byte[] key = File.ReadAllBytes(file);
        return key.Length >= BytesMin ? key : throw new InvalidDataException($"The key in {file} is shorter than {BytesMin} bytes.");
    }
}
