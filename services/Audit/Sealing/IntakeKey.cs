using System.Security.Cryptography;
using System.Text;

namespace AccessGov.Audit.Sealing;

/// <summary>Encrypts what waits for its place in the trail (AES-256-GCM): nonce, tag, ciphertext. Thread-safe.</summary>
/// <param name="secret">The service's secret.</param>
internal sealed class IntakeKey(byte[] secret)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: Encoding.ASCII.GetBytes("accessgov audit intake"));

    public byte[] Protect(ReadOnlySpan<byte> plain)
    {
        byte[] whole = new byte[NonceBytes + TagBytes + plain.Length];
        Span<byte> nonce = whole.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, plain, whole.AsSpan(NonceBytes + TagBytes), whole.AsSpan(NonceBytes, TagBytes));
        return whole;
    }

    /// <exception cref="CryptographicException">Somebody changed it, or it was written with another secret.</exception>
    public byte[] Unprotect(ReadOnlySpan<byte> whole)
    {
        if (whole.Length < NonceBytes + TagBytes)
        {
            throw new CryptographicException("It is too short to be what was protected.");
        }

        byte[] plain = new byte[whole.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Decrypt(whole[..NonceBytes], whole[(NonceBytes + TagBytes)..], whole.Slice(NonceBytes, TagBytes), plain);
        return plain;
    }
}
