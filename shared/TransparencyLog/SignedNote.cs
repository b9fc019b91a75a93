using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace AccessGov.TransparencyLog;

/// <summary>One signature of a note (c2sp.org/signed-note).</summary>
/// <param name="KeyName">The signer's name: not empty, without spaces and plus.</param>
/// <param name="KeyId">Four bytes that tell the signer's keys apart.</param>
/// <param name="Signature">The signature itself, in the form of the key's type.</param>
public sealed record NoteSignature(string KeyName, uint KeyId, ReadOnlyMemory<byte> Signature)
{
    internal const string LinePrefix = "— ";
    private const int KeyIdBytes = 4;

    /// <summary>The signature as a line, which ends with a line feed.</summary>
    public override string ToString()
    {
        byte[] bytes = new byte[KeyIdBytes + Signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        Signature.CopyTo(bytes.AsMemory(KeyIdBytes));
        return $"{LinePrefix}{KeyName} {Convert.ToBase64String(bytes)}\n";
    }

    /// <summary>Reads a line, without its line feed.</summary>
    /// <param name="line">The line.</param>
    /// <exception cref="FormatException">It is no signature line.</exception>
    public static NoteSignature Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        string[] parts = line.StartsWith(LinePrefix, StringComparison.Ordinal) ? line[LinePrefix.Length..].Split(' ') : [];
        Span<byte> bytes = new byte[line.Length];
        return parts is [{ } name, { } text] && NoteKey.IsName(name) && Convert.TryFromBase64String(text, bytes, out int written)
            && written > KeyIdBytes
            && Convert.ToBase64String(bytes[..written]) == text
            ? new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[KeyIdBytes..written].ToArray())
            : throw new FormatException("A signature line is an em dash, the key's name, "
                + "and four bytes of key id and the signature in base64, in its only spelling.");
    }
}

/// <summary>
/// A text with signatures (c2sp.org/signed-note, version 1). Nothing of the text may be used before <see cref="IsSignedBy"/> has said yes
/// for a key that is trusted.
/// </summary>
/// <param name="Text">What is signed; it ends with a line feed.</param>
/// <param name="Signatures">At least one where it was read; those of unknown keys too.</param>
public sealed record SignedNote(string Text, ImmutableArray<NoteSignature> Signatures)
{
    /// <summary>The longest note that is read, in bytes.</summary>
    public const int BytesMax = 1_000_000;

    private const int SignaturesMax = 100;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The note as it is stored and sent.</summary>
    public override string ToString() => $"{Text}\n{string.Concat(Signatures)}";

    /// <summary>Reads a note.</summary>
    /// <param name="note">Its bytes.</param>
    /// <exception cref="FormatException">It is no note, or larger than <see cref="BytesMax"/>.</exception>
    public static SignedNote Parse(ReadOnlySpan<byte> note)
    {
        if (note.Length > BytesMax)
        {
            throw new FormatException($"A note has at most {BytesMax} bytes.");
        }

        string whole;
        try
        {
            whole = Utf8.GetString(note);
        }
        catch (DecoderFallbackException problem)
        {
            throw new FormatException("A note is UTF-8.", problem);
        }

        int end = whole.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0 || !whole.EndsWith('\n') || whole.Any(character => character is < ' ' and not '\n'))
        {
            throw new FormatException("A note is lines of text, an empty line and lines of signatures, without control characters.");
        }

        string[] lines = whole[(end + 2)..].Split('\n')[..^1];
        return lines.Length is > 0 and <= SignaturesMax
            ? new SignedNote(whole[..(end + 1)], [.. lines.Select(NoteSignature.Parse)])
            : throw new FormatException($"A note has 1 to {SignaturesMax} signatures.");
    }

    /// <summary>Whether this key has signed the note. Signatures of other keys say nothing.</summary>
    /// <param name="key">A key that is trusted.</param>
    /// <returns>True when a signature is the key's, and none that claims to be the key's is false.</returns>
    public bool IsSignedBy(NoteKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        NoteSignature[] claimed = [.. Signatures.Where(signature => signature.KeyId == key.Id && signature.KeyName == key.Name)];
        return claimed.Length > 0 && claimed.All(signature => key.Verifies(Text, signature.Signature.Span));
    }
}
