using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>
/// What a leaf of an audit trail says of its place: its number, the SHA-256 of the leaf before in hexadecimal, and when it was received.
/// </summary>
/// <param name="Sequence">Its <c>seq</c>.</param>
/// <param name="PreviousAt">Where the value of its <c>prev</c> begins in its bytes; it has <see cref="PreviousLength"/>.</param>
/// <param name="Received">Its <c>recv_ts</c>.</param>
/// <param name="IsAttestation">Whether its <c>kind</c> is <c>store.attested</c>.</param>
internal readonly record struct Leaf(long Sequence, int PreviousAt, DateTimeOffset Received, bool IsAttestation)
{
    public const int PreviousLength = 64;
    public const int Version = 1;

    public static ReadOnlySpan<byte> AttestationKind => "store.attested"u8;

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
            (long? version, long? sequence, int? previousAt, DateTimeOffset? received, bool isAttestation) = Members(bytes);
            if (version is null || sequence is not { } number || previousAt is not { } at || received is not { } time)
            {
                return malformed;
            }

            leaf = new Leaf(number, at, time, isAttestation);
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

    private static (long? Version, long? Sequence, int? PreviousAt, DateTimeOffset? Received, bool IsAttestation) Members(
        ReadOnlySpan<byte> bytes)
    {
        (long? version, long? sequence, int? previousAt, DateTimeOffset? received, bool isAttestation) = (null, null, null, null, false);
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
                    isAttestation = reader.ValueTextEquals(AttestationKind);
                    break;
            }

            reader.Skip();
        }

        // The whole leaf is JSON, and nothing comes after it.
        return reader.Read() ? default : (version, sequence, previousAt, received, isAttestation);
    }
}
