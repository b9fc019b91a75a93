using System.Text.Json.Serialization;

namespace AccessGov.Audit.Sealing;

/// <summary>Something that identifies somebody, as it stands in a leaf: encrypted under a key of theirs (AES-256-GCM).</summary>
/// <param name="KeyId">The key.</param>
/// <param name="Nonce">12 bytes in base64.</param>
/// <param name="Ciphertext">Ciphertext and tag in base64; null when they lie in a file of their own.</param>
/// <param name="Blob">The SHA-256 of that file, <c>blob/xx/...</c>, in hexadecimal digits; null when there is none.</param>
internal sealed record SealedField(
    [property: JsonPropertyName("kid")] string KeyId,
    [property: JsonPropertyName("nonce")] string Nonce,
    [property: JsonPropertyName("ct")] string? Ciphertext,
    [property: JsonPropertyName("blob")] string? Blob);
