namespace AccessGov.CommandEndpoints;

/// <summary>Files with keys for HMAC-SHA256: their bytes are the key.</summary>
public static class SecretKeyFile
{
    /// <summary>The shortest key, in bytes.</summary>
    public const int BytesMin = 32;

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidDataException">The key is shorter than 32 bytes.</exception>
    public static byte[] Read(string file)
    {
        byte[] key = File.ReadAllBytes(file);
        return key.Length >= BytesMin ? key : throw new InvalidDataException($"The key in {file} is shorter than {BytesMin} bytes.");
    }
}
