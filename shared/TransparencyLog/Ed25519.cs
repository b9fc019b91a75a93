using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AccessGov.TransparencyLog;

/// <summary>
/// Ed25519 (RFC 8032) of the system's libcrypto 3, which .NET itself stands on: the framework offers the algorithm only inside its composite signatures.
/// </summary>
internal static partial class Ed25519
{
    public const int SeedBytes = 32;
    public const int PublicKeyBytes = 32;
    public const int SignatureBytes = 64;

    // EVP_PKEY_ED25519 of openssl/evp.h.
    private const int KeyType = 1087;

    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed)
    {
        using Key key = Key.OfSeed(seed);
        byte[] bytes = new byte[PublicKeyBytes];
        nuint length = PublicKeyBytes;
        Check(NativeMethods.GetRawPublicKey(key, bytes, ref length) == 1);
        return bytes;
    }

    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        using Key key = Key.OfSeed(seed);
        using var context = Context.Create();
        Check(NativeMethods.SignInit(context, 0, 0, 0, key) == 1);
        byte[] signature = new byte[SignatureBytes];
        nuint length = SignatureBytes;
        Check(NativeMethods.Sign(context, signature, ref length, message, (nuint)message.Length) == 1);
        return signature;
    }

    /// <summary>Whether it is the key's signature over the message; a key that is no point of the curve has signed nothing.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeyBytes || signature.Length != SignatureBytes)
        {
            return false;
        }

        using Key key = NativeMethods.NewRawPublicKey(KeyType, 0, publicKey, PublicKeyBytes);
        using var context = Context.Create();
        return !key.IsInvalid
            && NativeMethods.VerifyInit(context, 0, 0, 0, key) == 1
            && NativeMethods.Verify(context, signature, SignatureBytes, message, (nuint)message.Length) == 1;
    }

    private static void Check(bool done)
    {
        if (!done)
        {
            throw new CryptographicException("libcrypto cannot sign with Ed25519.");
        }
    }

    private sealed class Key() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        public static Key OfSeed(ReadOnlySpan<byte> seed)
        {
            Key key = NativeMethods.NewRawPrivateKey(KeyType, 0, seed, (nuint)seed.Length);
            Check(!key.IsInvalid);
            return key;
        }

        protected override bool ReleaseHandle()
        {
            NativeMethods.FreeKey(handle);
            return true;
        }
    }

    private sealed class Context() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        public static Context Create()
        {
            Context context = NativeMethods.NewContext();
            Check(!context.IsInvalid);
            return context;
        }

        protected override bool ReleaseHandle()
        {
            NativeMethods.FreeContext(handle);
            return true;
        }
    }

    private static partial class NativeMethods
    {
        private const string Library = "libcrypto.so.3";
        private const DllImportSearchPath Where = DllImportSearchPath.SafeDirectories;

        [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key"), DefaultDllImportSearchPaths(Where)]
        public static partial Key NewRawPrivateKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

        [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key"), DefaultDllImportSearchPaths(Where)]
        public static partial Key NewRawPublicKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

        [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key"), DefaultDllImportSearchPaths(Where)]
        public static partial int GetRawPublicKey(Key key, Span<byte> bytes, ref nuint length);

        [LibraryImport(Library, EntryPoint = "EVP_PKEY_free"), DefaultDllImportSearchPaths(Where)]
        public static partial void FreeKey(nint key);

        [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new"), DefaultDllImportSearchPaths(Where)]
        public static partial Context NewContext();

        [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free"), DefaultDllImportSearchPaths(Where)]
        public static partial void FreeContext(nint context);

        [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit"), DefaultDllImportSearchPaths(Where)]
        public static partial int SignInit(Context context, nint keyContext, nint digest, nint engine, Key key);

        [LibraryImport(Library, EntryPoint = "EVP_DigestSign"), DefaultDllImportSearchPaths(Where)]
        public static partial int Sign(Context context, Span<byte> signature, ref nuint length, ReadOnlySpan<byte> message, nuint messageLength);

        [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit"), DefaultDllImportSearchPaths(Where)]
        public static partial int VerifyInit(Context context, nint keyContext, nint digest, nint engine, Key key);

        [LibraryImport(Library, EntryPoint = "EVP_DigestVerify"), DefaultDllImportSearchPaths(Where)]
        public static partial int Verify(Context context, ReadOnlySpan<byte> signature, nuint length, ReadOnlySpan<byte> message, nuint messageLength);
    }
}
