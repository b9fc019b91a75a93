using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// Encrypts what the service keeps in its database outside of the trail (AES-256-GCM): epoch, nonce, tag, ciphertext. The key is made
/// from the service's secret and the
/// epoch's key, so that an old copy of the database shows nothing once that epoch is destroyed. Thread-safe.
/// </summary>
/// <param name="secret">The service's secret.</param>
/// <param name="epochs">The epochs' keys.</param>
/// <param name="purpose">What it is for: another purpose has another key.</param>
internal class ServiceCipher(byte[] secret, KeyEncryptionKeys epochs, string purpose)
{
    private const int EpochBytes = 4;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeadBytes = EpochBytes + NonceBytes + TagBytes;
    private readonly byte[] info = Encoding.ASCII.GetBytes(purpose);

    /// <summary>How what is protected under an epoch begins.</summary>
    public static byte[] BeginningOf(int epoch)
    {
        byte[] beginning = new byte[EpochBytes];
        BinaryPrimitives.WriteInt32BigEndian(beginning, epoch);
        return beginning;
    }

    public byte[] Protect(ReadOnlySpan<byte> plain)
    {
        int epoch = epochs.Current;
        byte[] whole = new byte[HeadBytes + plain.Length];
        BinaryPrimitives.WriteInt32BigEndian(whole, epoch);
        Span<byte> nonce = whole.AsSpan(EpochBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(KeyOf(epoch), TagBytes);
        cipher.Encrypt(nonce, plain, whole.AsSpan(HeadBytes), whole.AsSpan(EpochBytes + NonceBytes, TagBytes));
        return whole;
    }

    /// <exception cref="CryptographicException">Somebody changed it, it was written with another secret, or its epoch's key was
    /// destroyed.</exception>
    public byte[] Unprotect(ReadOnlySpan<byte> whole)
    {
        if (whole.Length < HeadBytes)
        {
            throw new CryptographicException("It is too short to be what was protected.");
        }

        byte[] plain = new byte[whole.Length - HeadBytes];
        using var cipher = new AesGcm(KeyOf(BinaryPrimitives.ReadInt32BigEndian(whole)), TagBytes);
        cipher.Decrypt(whole.Slice(EpochBytes, NonceBytes), whole[HeadBytes..], whole.Slice(EpochBytes + NonceBytes, TagBytes), plain);
        return plain;
    }

    private byte[] KeyOf(int epoch) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, secret, 32,
        salt: epochs.Find(epoch) ?? throw new CryptographicException(
        $"The key of epoch {epoch} is not there: it was destroyed, or lost."), info: info);
}
