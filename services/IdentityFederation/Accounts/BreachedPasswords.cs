using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>
/// Looks a password up in a sorted file of SHA-1 hashes by halving, so that a list of forty gigabytes costs forty reads and no memory. Without the file
/// nothing is known here; a file that is named and cannot be read is an error, never a permission.
/// </summary>
internal sealed class BreachedPasswords(IOptions<AccountSettings> settings)
{
    private const int HashLength = 40;
    private const int LineMax = 128;

    [SuppressMessage("Security", "CA5350", Justification = "The list is published so; nothing rests on it but the look-up.")]
    public bool Contains(string password)
    {
        if (settings.Value.BreachedPasswordsFile is not { Length: > 0 } path)
        {
            return false;
        }

        string wanted = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
        using FileStream file = File.OpenRead(path);
        (long from, long until) = (0, file.Length);
        while (from < until)
        {
            long middle = from + (until - from) / 2;
            (long start, long next, string hash) = LineAt(file, middle);
            int order = string.CompareOrdinal(hash, wanted);
            if (order == 0)
            {
                return true;
            }

            (from, until) = order < 0 ? (next, until) : (from, start);
        }

        return false;
    }

    /// <summary>The line that holds this byte: where it starts, where the next one does, and its hash.</summary>
    private static (long Start, long Next, string Hash) LineAt(FileStream file, long offset)
    {
        long first = Math.Max(0, offset - LineMax);
        byte[] bytes = new byte[2 * LineMax];
        file.Seek(first, SeekOrigin.Begin);
        int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        int at = (int)(offset - first);
        int start = at == 0 ? 0 : Array.LastIndexOf(bytes, (byte)'\n', at - 1, at) + 1;
        int end = Array.IndexOf(bytes, (byte)'\n', at, read - at);
        end = end < 0 ? read : end;
        if (end - start < HashLength || (start == 0 && first > 0))
        {
            throw new InvalidDataException($"The list of breached passwords is not sorted lines of SHA-1 hashes near byte {offset}.");
        }

        return (first + start, first + end + 1, Encoding.ASCII.GetString(bytes, start, HashLength).ToUpperInvariant());
    }
}
