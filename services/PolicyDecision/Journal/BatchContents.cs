using System.Text.Json;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>What a batch says to those who search: its decisions as they were recorded, and which batches of its chain it says were withdrawn.</summary>
internal sealed record BatchContents(IReadOnlyList<IndexedDecision> Decisions, IReadOnlyList<long> Withdrawn)
{
    /// <summary>Reads a payload as it is stored.</summary>
    /// <exception cref="JsonException">The payload is no batch of ours: somebody changed it.</exception>
    public static BatchContents Read(string writer, long sequence, byte[] payload)
    {
        using JsonDocument batch = JsonDocument.Parse(BatchPayload.Unpack(payload));
        if (batch.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("A batch is an array.");
        }

        var decisions = new List<IndexedDecision>(batch.RootElement.GetArrayLength());
        List<long> withdrawn = [];
        int ordinal = -1;
        foreach (JsonElement element in batch.RootElement.EnumerateArray())
        {
            ordinal++;
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("marker"u8, out JsonElement marker))
            {
                decisions.Add(IndexedDecision.Of(element, writer, sequence, ordinal));
            }
            else if (marker.ValueKind == JsonValueKind.String && marker.ValueEquals("withdrawn"u8)
                && element.TryGetProperty("sequence"u8, out JsonElement named) && named.ValueKind == JsonValueKind.Number && named.TryGetInt64(out long which))
            {
                withdrawn.Add(which);
            }
        }

        return new BatchContents(decisions, withdrawn);
    }

    /// <summary>The same of a batch that somebody may have changed; null then: the indexer logs it and the verification names it.</summary>
    public static BatchContents? TryRead(string writer, long sequence, byte[] payload)
    {
        try
        {
            return Read(writer, sequence, payload);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
