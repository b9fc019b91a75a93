using System.Text;
using System.Text.Json;

namespace AccessGov.LeafVerification;

/// <summary>What there is to look at in a leaf beside its place.</summary>
[Flags]
internal enum LeafMarks
{
    None = 0,

    /// <summary>It attests what a service's store has.</summary>
    Attestation = 1,

    /// <summary>It says which keys were shredded.</summary>
    Shredding = 2,

    /// <summary>It says up to where leaves were removed.</summary>
    Pruning = 4,

    /// <summary>A sealed field of it is in a file of its own.</summary>
    Blobs = 8,
}

/// <summary>
/// What a leaf of an audit trail says of its place: its number, the SHA-256 of the leaf before in hexadecimal, and when it was received.
/// </summary>
/// <param name="Sequence">Its <c>seq</c>.</param>
/// <param name="PreviousAt">Where the value of its <c>prev</c> begins in its bytes; it has <see cref="PreviousLength"/>.</param>
/// <param name="Received">Its <c>recv_ts</c>.</param>
/// <param name="Marks">What more there is to look at.</param>
internal readonly record struct Leaf(long Sequence, int PreviousAt, DateTimeOffset Received, LeafMarks Marks)
{
    public const int PreviousLength = 64;
    public const int Version = 1;

    /// <summary>What a leaf of this kind says beside what all leaves say.</summary>
    public static LeafMarks MarksOf(ReadOnlySpan<byte> kind) =>
        kind.SequenceEqual("store.attested"u8) ? LeafMarks.Attestation
        : kind.SequenceEqual("key.shredded"u8) ? LeafMarks.Shredding
        : kind.SequenceEqual("trail.pruned"u8) ? LeafMarks.Pruning
        : LeafMarks.None;

    /// <summary>Whether sealed fields, as the leaf writes them, refer to files. What has no escapes is found by its bytes.</summary>
    public static LeafMarks MarksOfSealed(ReadOnlySpan<byte> fields) =>
        fields.IndexOf("\"blob\":"u8) >= 0 ? LeafMarks.Blobs : LeafMarks.None;

    /// <summary>Reads a leaf: a JSON object in its canonical form (RFC 8785).</summary>
    /// <returns>The code and the reason why it is none; null when it is one.</returns>
    public static (string Code, string Reason)? Read(ReadOnlySpan<byte> bytes, out Leaf leaf) =>
        PlainLeaf.TryRead(bytes, out leaf) ? null : ReadAny(bytes, out leaf);

    /// <summary>Reads any leaf, slowly; what it says of a leaf is what holds.</summary>
    internal static (string Code, string Reason)? ReadAny(ReadOnlySpan<byte> bytes, out Leaf leaf)
    {
        (string, string)? malformed = ("leaf_malformed", "is no JSON object with v, seq, prev and recv_ts");
        leaf = default;
        try
        {
            (long? version, long? sequence, int? previousAt, DateTimeOffset? received, LeafMarks marks) = Members(bytes);
            if (version is null || sequence is not { } number || previousAt is not { } at || received is not { } time)
            {
                return malformed;
            }

            leaf = new Leaf(number, at, time, marks);
            return version != Version ? ("version_unknown", $"is of version {version}; this program knows {Version}")
                : !CanonicalJson.IsCanonical(bytes)
                    ? ("leaf_not_canonical", "is not written as RFC 8785 writes JSON: sorted members, no white space, whole numbers")
                : null;
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException)
        {
            return malformed;
        }
    }

    private static (long? Version, long? Sequence, int? PreviousAt, DateTimeOffset? Received, LeafMarks Marks) Members(
        ReadOnlySpan<byte> bytes)
    {
        (long? version, long? sequence, int? previousAt, DateTimeOffset? received) = (null, null, null, null);
        LeafMarks marks = LeafMarks.None;
        var reader = new Utf8JsonReader(bytes);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return default;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            switch (name, reader.TokenType)
            {
                case ("v", JsonTokenType.Number) when reader.TryGetInt64(out long number):
                    version = number;
                    break;
                case ("seq", JsonTokenType.Number) when reader.TryGetInt64(out long number):
                    sequence = number;
                    break;
                case ("prev", JsonTokenType.String) when reader.ValueSpan.Length == PreviousLength:
                    previousAt = (int)reader.TokenStartIndex + 1;
                    break;
                case ("recv_ts", JsonTokenType.String) when reader.TryGetDateTimeOffset(out DateTimeOffset time):
                    received = time;
                    break;
                case ("kind", JsonTokenType.String):
                    marks |= MarksOf(Encoding.UTF8.GetBytes(reader.GetString()!));
                    break;
            }

            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            marks |= name == "sealed" ? MarksOfSealed(bytes[start..(int)reader.BytesConsumed]) : LeafMarks.None;
        }

        // The whole leaf is JSON, and nothing comes after it.
        return reader.Read() ? default : (version, sequence, previousAt, received, marks);
    }
}
