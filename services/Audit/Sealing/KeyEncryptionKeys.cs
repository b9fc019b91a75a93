using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// The keys that protect subjects' keys, one for each epoch: files named by their number, with 32 bytes in hexadecimal digits. The newest
/// protects what is made now.
/// They lie outside of the database, so that an old copy of it opens nothing once its epoch's file is destroyed. Which there are is
/// looked up each time: an epoch may
/// come or go. Thread-safe.
/// </summary>
internal sealed class KeyEncryptionKeys(string directory)
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly ConcurrentDictionary<int, byte[]> known = new();

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
        byte[] protecting = Find(epoch) ?? throw new InvalidDataException($"{PathOf(epoch)} is not there.");
        using var cipher = new AesGcm(protecting, TagBytes);
        cipher.Encrypt(whole.AsSpan(0, NonceBytes), key, whole.AsSpan(NonceBytes + TagBytes), whole.AsSpan(NonceBytes, TagBytes),
            Encoding.UTF8.GetBytes(keyId));
        return whole;
    }

    /// <summary>Decrypts a key; null when the epoch's key was destroyed.</summary>
    /// <exception cref="CryptographicException">Somebody changed it.</exception>
    public byte[]? Unwrap(int epoch, string keyId, ReadOnlySpan<byte> whole)
    {
        if (Find(epoch) is not { } protecting)
        {
            return null;
        }

        if (whole.Length < NonceBytes + TagBytes)
        {
            throw new CryptographicException("It is too short to be a protected key.");
        }

        byte[] key = new byte[whole.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(protecting, TagBytes);
        cipher.Decrypt(whole[..NonceBytes], whole[(NonceBytes + TagBytes)..], whole.Slice(NonceBytes, TagBytes), key,
            Encoding.UTF8.GetBytes(keyId));
        return key;
    }

    /// <summary>The key of an epoch; null when there is none (any more).</summary>
    public byte[]? Find(int epoch)
    {
        if (File.Exists(PathOf(epoch)))
        {
            return known.GetOrAdd(epoch, Read);
        }

        // Destroyed, perhaps by another process: it is nobody's any more.
        known.TryRemove(epoch, out _);
        return null;
    }

    /// <summary>Makes the key of an epoch, on the disk when it returns, readable for this user only; nothing when there is one.</summary>
    public void Make(int epoch)
    {
        if (File.Exists(PathOf(epoch)))
        {
            return;
        }

        string next = PathOf(epoch) + ".new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(next, options))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes))));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, PathOf(epoch), overwrite: false);
        DirectoryEntries.FlushToDisk(directory);
    }

    /// <summary>
    /// Destroys the key of an epoch: overwritten, then removed. A disk that moves what is written anew may keep the old bytes; encrypt
    /// it, as for every key.
    /// </summary>
    public void Destroy(int epoch)
    {
        if (!File.Exists(PathOf(epoch)))
        {
            return;
        }

        using (var file = new FileStream(PathOf(epoch), FileMode.Open, FileAccess.Write))
        {
            file.Write(RandomNumberGenerator.GetBytes(checked((int)file.Length)));
            file.Flush(flushToDisk: true);
        }

        File.Delete(PathOf(epoch));
        DirectoryEntries.FlushToDisk(directory);
        _ = Find(epoch);
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
