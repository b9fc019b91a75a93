using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// The keys that protect subjects' keys, one for each epoch: files named by their number, with 32 bytes in hexadecimal digits. The newest protects what is made now.
/// They lie outside of the database, so that an old copy of it opens nothing once its epoch's file is destroyed. Read anew each time: an epoch may come or go. Thread-safe.
/// </summary>
internal sealed class KeyEncryptionKeys(string directory)
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>The newest epoch.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public int Current => Epochs().DefaultIfEmpty().Max() is > 0 and var newest
        ? newest
        : throw new InvalidDataException($"{directory} has no key: a file named 1 with 64 hexadecimal digits.");

    /// <summary>The epochs that there are.</summary>
    public IEnumerable<int> Epochs() => Directory.EnumerateFiles(directory)
        .Select(file => int.TryParse(Path.GetFileName(file), NumberStyles.None, CultureInfo.InvariantCulture, out int epoch) ? epoch : 0)
        .Where(epoch => epoch > 0);

    /// <summary>Encrypts a key under the key of an epoch.</summary>
    public byte[] Wrap(int epoch, string keyId, ReadOnlySpan<byte> key)
    {
        byte[] whole = new byte[NonceBytes + TagBytes + key.Length];
        RandomNumberGenerator.Fill(whole.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(Read(epoch), TagBytes);
        cipher.Encrypt(whole.AsSpan(0, NonceBytes), key, whole.AsSpan(NonceBytes + TagBytes), whole.AsSpan(NonceBytes, TagBytes), Encoding.UTF8.GetBytes(keyId));
        return whole;
    }

    /// <summary>Decrypts a key; null when the epoch's key was destroyed.</summary>
    /// <exception cref="CryptographicException">Somebody changed it.</exception>
    public byte[]? Unwrap(int epoch, string keyId, ReadOnlySpan<byte> whole)
    {
        if (!File.Exists(PathOf(epoch)))
        {
            return null;
        }

        byte[] key = new byte[whole.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(Read(epoch), TagBytes);
        cipher.Decrypt(whole[..NonceBytes], whole[(NonceBytes + TagBytes)..], whole.Slice(NonceBytes, TagBytes), key, Encoding.UTF8.GetBytes(keyId));
        return key;
    }

    private string PathOf(int epoch) => Path.Combine(directory, epoch.ToString(CultureInfo.InvariantCulture));

    private byte[] Read(int epoch)
    {
        try
        {
            byte[] key = Convert.FromHexString(File.ReadAllText(PathOf(epoch)).Trim());
            return key.Length == KeyBytes ? key : throw new FormatException();
        }
        catch (FormatException malformed)
        {
            throw new InvalidDataException($"{PathOf(epoch)} is no key: 64 hexadecimal digits.", malformed);
        }
    }
}
