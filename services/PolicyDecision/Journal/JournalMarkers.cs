using System.Text.Json;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>The incarnation of this replica before this one, as the database knows it.</summary>
internal sealed record Predecessor(string Writer, long Sequence, byte[] Hash, bool Closed);

/// <summary>Elements of a batch that are no decisions: what the chain says about itself. Each has the member <c>marker</c>. Times are whole microseconds.</summary>
internal static class JournalMarkers
{
    /// <summary>A chain begins.</summary>
    public static byte[] Opened(DateTimeOffset now, string writer, JournalMode mode) => Write("opened", now, json =>
    {
        json.WriteString("writer"u8, writer);
        json.WriteString("mode"u8, mode == JournalMode.Durable ? "durable" : "async");
    });

    /// <summary>A chain ends in order.</summary>
    public static byte[] Closed(DateTimeOffset now) => Write("closed", now, _ => { });

    /// <summary>
    /// Which chain this one follows, and whether that one was closed. One that was not ended with its process: what waited in its memory
    /// is missing, which in mode durable nobody was answered from.
    /// </summary>
    public static byte[] Predecessor(DateTimeOffset now, Predecessor before) => Write("predecessor", now, json =>
    {
        json.WriteString("writer"u8, before.Writer);
        json.WriteNumber("sequence"u8, before.Sequence);
        json.WriteString("hash"u8, Convert.ToHexStringLower(before.Hash));
        json.WriteBoolean("closed"u8, before.Closed);
    });

    /// <summary>Records that are missing: <c>lost</c> (the decision stood) or <c>refused</c> (it became a denial, journal_unavailable).</summary>
    public static byte[] Gap(DateTimeOffset now, string kind, Gap gap) => Write("gap", now, json =>
    {
        json.WriteString("kind"u8, kind);
        json.WriteNumber("count"u8, gap.Count);
        json.WriteString("from"u8, gap.From);
        json.WriteString("until"u8, gap.Until);
    });

    /// <summary>
    /// The records of a batch with mustLog are there, but their decisions were answered as denials: it was not known then that they would stay.
    /// It stands in the batch that it names or in the one right behind it; <see cref="DecisionSearch"/> looks no further.
    /// </summary>
    public static byte[] Withdrawn(DateTimeOffset now, long sequence) =>
        Write("withdrawn", now, json => json.WriteNumber("sequence"u8, sequence));

    private static byte[] Write(string marker, DateTimeOffset now, Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("marker"u8, marker);
            json.WriteString("at"u8, now);
            members(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
