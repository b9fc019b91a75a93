using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessGov.TransparencyLog;
using Microsoft.Win32.SafeHandles;

namespace AccessGov.LeafVerification;

/// <summary>A file of a sealed field that is not there, and the key that the field was sealed under.</summary>
/// <param name="Leaf">The number of the leaf that refers to it.</param>
/// <param name="KeyId">The key's id.</param>
public sealed record MissingBlob(long Leaf, string KeyId);

/// <summary>What a leaf says of a shredding.</summary>
/// <param name="Digest">The SHA-256 of the list of its keys, in hexadecimal digits.</param>
public sealed record ShreddingClaim(string Digest);

/// <summary>What a leaf says of a pruning.</summary>
/// <param name="Minimum">The first leaf that stays.</param>
/// <param name="Previous">The SHA-256 of the one before it, in hexadecimal digits.</param>
/// <param name="Root">The root over those before it.</param>
public sealed record PruningClaim(long Minimum, string Previous, TreeHash Root);

/// <summary>Reads what the trail's own leaves say about the trail, and looks for the files that leaves refer to. Thread-safe.</summary>
internal static class LeafClaims
{
    /// <summary>No sealed field is longer, in bytes: a longer file is none of the trail's.</summary>
    private const long BlobBytesMax = 256 * 1024 * 1024;
    private const string Service = "audit";
    private const int HashLength = 64;
    private const int ChunkBytes = 128 * 1024;

    private enum BlobState
    {
        Whole,
        Missing,
        Changed,
        Malformed,
    }

    /// <summary>Adds to a run what one of its leaves says; answers what is wrong with it.</summary>
    public static LogFinding? Read(LeafRun run, long index, ReadOnlySpan<byte> leaf, LeafMarks marks, string directory)
    {
        if (marks.HasFlag(LeafMarks.Attestation))
        {
            if (Attestation.Read(index, leaf) is not { } attestation)
            {
                return new LogFinding("attestation_malformed", index,
                    $"Leaf {index} should attest what a service's store has, and does not say so completely, "
                    + "or is not of the audit service.");
            }

            run.Add(attestation);
        }

        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(leaf));
        JsonElement root = document.RootElement;
        return (marks.HasFlag(LeafMarks.Shredding) ? Shredding(run, index, root) : null)
            ?? (marks.HasFlag(LeafMarks.Pruning) ? Pruning(run, index, root) : null)
            ?? (marks.HasFlag(LeafMarks.Blobs) ? Blobs(run, index, root, directory) : null);
    }

    private static LogFinding? Shredding(LeafRun run, long index, JsonElement root)
    {
        if (Text(root, "svc") != Service || Member(root, "shredded") is not { } shredded || Text(shredded, "digest") is not { } digest
            || !IsHash(digest))
        {
            return new LogFinding("shredding_malformed", index, $"Leaf {index} does not say which keys were shredded.");
        }

        run.Add(new ShreddingClaim(digest));
        return null;
    }

    private static LogFinding? Pruning(LeafRun run, long index, JsonElement root)
    {
        if (Text(root, "svc") == Service && Member(root, "pruned") is { } pruned
            && pruned.TryGetProperty("minimum", out JsonElement minimum) && minimum.ValueKind == JsonValueKind.Number
            && minimum.TryGetInt64(out long number) && number > 0 && number <= index
            && Text(pruned, "prev") is { } previous && IsHash(previous) && Text(pruned, "root") is { } hash && IsHash(hash))
        {
            run.Add(new PruningClaim(number, previous, TreeHash.FromBytes(Convert.FromHexString(hash))));
            return null;
        }

        return new LogFinding("pruning_malformed", index, $"Leaf {index} does not say up to where leaves were removed.");
    }

    private static LogFinding? Blobs(LeafRun run, long index, JsonElement root, string directory)
    {
        if (!root.TryGetProperty("sealed", out JsonElement fields) || fields.ValueKind != JsonValueKind.Array)
        {
            return new LogFinding("blob_malformed", index, $"Leaf {index} has sealed fields that are no list.");
        }

        foreach (JsonElement field in fields.EnumerateArray())
        {
            if (field.ValueKind != JsonValueKind.Object || !field.TryGetProperty("blob", out _))
            {
                continue;
            }

            if (Text(field, "blob") is not { } name || !IsHash(name) || Text(field, "kid") is not { } key)
            {
                return new LogFinding("blob_malformed", index,
                    $"Leaf {index} has a sealed field whose blob is no SHA-256, or that has no key.");
            }

            switch (Look(Path.Combine(directory, "blob", name[..2], name), name))
            {
                case BlobState.Missing:
                    run.Add(new MissingBlob(index, key));
                    break;
                case BlobState.Changed:
                    return new LogFinding("blob_changed", index,
                        $"blob/{name[..2]}/{name}, which leaf {index} refers to, does not have this SHA-256, or cannot be read.");
                case BlobState.Malformed:
                    return new LogFinding("blob_malformed", index,
                        $"blob/{name[..2]}/{name}, which leaf {index} refers to, is no regular file, or is larger than a sealed field.");
            }
        }

        return null;
    }

    /// <summary>Whether a file has the hash that it is named by.</summary>
    private static BlobState Look(string path, string hash)
    {
        try
        {
            using SafeFileHandle file = RegularFile.Open(path, BlobBytesMax, out long length);
            return HashOf(file, length) == hash ? BlobState.Whole : BlobState.Changed;
        }
        catch (FormatException)
        {
            return BlobState.Malformed;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return BlobState.Missing;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return BlobState.Changed;
        }
    }

    /// <summary>Reads as much as the file said to have: what never ends is not read for ever.</summary>
    private static string HashOf(SafeFileHandle file, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[Math.Min(length, ChunkBytes)];
        for (long at = 0; at < length && RandomAccess.Read(file, buffer, at) is > 0 and var read; at += read)
        {
            hash.AppendData(buffer, 0, (int)Math.Min(read, length - at));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool IsHash(string text) => text.Length == HashLength && text.All(char.IsAsciiHexDigitLower);

    private static JsonElement? Member(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
