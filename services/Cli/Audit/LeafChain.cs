using System.Security.Cryptography;
using System.Text.Json;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli;

/// <summary>
/// What holds from one leaf of an audit trail to the next: each is a JSON object that has its own number (<c>seq</c>), the SHA-256 of the leaf before in hexadecimal
/// (<c>prev</c>; zeros in the first) and when it was received (<c>recv_ts</c>), never earlier than the one before.
/// </summary>
internal sealed class LeafChain
{
    private static readonly string Genesis = new('0', SHA256.HashSizeInBytes * 2);
    private string previous = Genesis;
    private DateTimeOffset received = DateTimeOffset.MinValue;

    public LogFinding? Check(long index, ReadOnlySpan<byte> leaf)
    {
        if (Members(leaf) is not ({ } sequence, { } names, { } at))
        {
            return new LogFinding("leaf_malformed", index, $"Leaf {index} is no JSON object with seq, prev and recv_ts.");
        }

        LogFinding? finding = sequence != index ? new LogFinding("sequence_broken", index, $"Leaf {index} says to be number {sequence}.")
            : names != previous ? new LogFinding("chain_broken", index, $"Leaf {index} was written after another leaf than the one before it.")
            : at < received ? new LogFinding("time_reversed", index, $"Leaf {index} was received at {at:O}, earlier than the one before it.")
            : null;
        previous = Convert.ToHexStringLower(SHA256.HashData(leaf));
        received = at;
        return finding;
    }

    private static (long? Sequence, string? Previous, DateTimeOffset? Received) Members(ReadOnlySpan<byte> leaf)
    {
        (long? sequence, string? before, DateTimeOffset? at) = (null, null, null);
        var reader = new Utf8JsonReader(leaf);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return default;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isSequence = reader.ValueTextEquals("seq"u8), isBefore = reader.ValueTextEquals("prev"u8), isReceived = reader.ValueTextEquals("recv_ts"u8);
                reader.Read();
                if (isSequence && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number))
                {
                    sequence = number;
                }
                else if (isBefore && reader.TokenType == JsonTokenType.String)
                {
                    before = reader.GetString();
                }
                else if (isReceived && reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out DateTimeOffset time))
                {
                    at = time;
                }

                reader.Skip();
            }

            // The whole leaf is JSON, and nothing comes after it.
            return reader.Read() ? default : (sequence, before, at);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return default;
        }
    }
}
