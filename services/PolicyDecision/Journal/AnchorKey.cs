using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>The head of a chain as it was signed.</summary>
internal sealed record Anchor(DateOnly Day, string Writer, long Sequence, byte[] Hash, string KeyId, byte[] Signature);

/// <summary>Signs anchors with ES256 and checks them, also with the keys that were used before.</summary>
internal sealed class AnchorKey : IDisposable
{
    private readonly ECDsa? signing;
    private readonly Dictionary<string, ECDsa> known = new(StringComparer.Ordinal);

    private AnchorKey(ECDsa? signing, IEnumerable<ECDsa> former)
    {
        this.signing = signing;
        foreach (ECDsa key in signing is null ? former : former.Append(signing))
        {
            known[KeyId(key)] = key;
        }
    }

    /// <summary>A key is configured.</summary>
    public bool Signs => signing is not null;

    /// <exception cref="CryptographicException">A file holds no P-256 key.</exception>
    public static AnchorKey From(DecisionJournalOptions options) =>
        new(options.AnchorKeyFile is { } file ? EcdsaKeyFile.Read(file) : null, options.FormerAnchorKeyFiles.Select(EcdsaKeyFile.Read));

    public Anchor Sign(DateOnly day, string writer, long sequence, byte[] hash)
    {
        ECDsa key = signing ?? throw new InvalidOperationException("No anchor key is configured.");
        return new Anchor(day, writer, sequence, hash, KeyId(key), key.SignData(Text(day, writer, sequence, hash), HashAlgorithmName.SHA256));
    }

    /// <summary>Whether the signature is right; null when its key is not known here.</summary>
    public bool? Verify(Anchor anchor) => known.TryGetValue(anchor.KeyId, out ECDsa? key)
        ? key.VerifyData(Text(anchor.Day, anchor.Writer, anchor.Sequence, anchor.Hash), anchor.Signature, HashAlgorithmName.SHA256)
        : null;

    public void Dispose()
    {
        foreach (ECDsa key in known.Values)
        {
            key.Dispose();
        }
    }

    /// <summary>What is signed; whoever checks without us builds the same lines.</summary>
    private static byte[] Text(DateOnly day, string writer, long sequence, byte[] hash) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"accessgov-decision-anchor-v1\n{day:yyyy-MM-dd}\n{writer}\n{sequence}\n{Convert.ToHexStringLower(hash)}"));

    private static string KeyId(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
}
