using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AccessGov.TransparencyLog;

/// <summary>
/// SHA-256 of short texts, of the system's libcrypto 3. The framework asks the same library, but for each hash makes a context anew, which
/// costs more than a leaf's hash itself: whoever verifies a trail computes three hashes a leaf.
/// </summary>
public static partial class Sha256
{
    /// <summary>The length of a hash in bytes.</summary>
    public const int Length = 32;

    // The garbage collector waits for a call that is made as these are: they end within microseconds.
    private const int ShortMax = 4_096;

    // SHA256_CTX of openssl/sha.h: state, length, block, two numbers.
    private const int ContextWords = 8 + 2 + 16 + 2;

    /// <summary>Computes a hash.</summary>
    /// <param name="data">Of what.</param>
    /// <param name="hash">Where it goes: at least <see cref="Length"/> bytes.</param>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> hash) => Hash([], data, hash);

    /// <summary>Computes the hash of two parts, one behind the other.</summary>
    /// <param name="prefix">The first part; a few bytes.</param>
    /// <param name="data">The second.</param>
    /// <param name="hash">Where it goes: at least <see cref="Length"/> bytes.</param>
    internal static void Hash(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> data, Span<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hash.Length, Length);
        if (data.Length > ShortMax)
        {
            SHA256.HashData(prefix.IsEmpty ? data : [.. prefix, .. data], hash);
            return;
        }

        Span<uint> context = stackalloc uint[ContextWords];
        if (NativeMethods.Start(context) != 1
            || NativeMethods.Add(context, prefix, (nuint)prefix.Length) != 1
            || NativeMethods.Add(context, data, (nuint)data.Length) != 1
            || NativeMethods.End(hash, context) != 1)
        {
            throw new CryptographicException("libcrypto cannot compute SHA-256.");
        }
    }

    private static partial class NativeMethods
    {
        private const string Library = "libcrypto.so.3";
        private const DllImportSearchPath Where = DllImportSearchPath.SafeDirectories;

        [LibraryImport(Library, EntryPoint = "SHA256_Init"), DefaultDllImportSearchPaths(Where), SuppressGCTransition]
        public static partial int Start(Span<uint> context);

        [LibraryImport(Library, EntryPoint = "SHA256_Update"), DefaultDllImportSearchPaths(Where), SuppressGCTransition]
        public static partial int Add(Span<uint> context, ReadOnlySpan<byte> data, nuint length);

        [LibraryImport(Library, EntryPoint = "SHA256_Final"), DefaultDllImportSearchPaths(Where), SuppressGCTransition]
        public static partial int End(Span<byte> hash, Span<uint> context);
    }
}
