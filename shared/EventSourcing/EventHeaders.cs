using System.Buffers;
using System.Text.Json;

namespace AccessGov.EventSourcing;

/// <summary>The metadata that has no column of its own, as the <c>headers</c> object.</summary>
internal static class EventHeaders
{
    public static byte[]? Write(EventMetadata metadata)
    {
        if (metadata.Actor is null && metadata.Source is null && metadata.OnBehalfOf is null)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(128);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        Write("actor"u8, metadata.Actor);
        Write("source"u8, metadata.Source);
        Write("on_behalf_of"u8, metadata.OnBehalfOf);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();

        void Write(ReadOnlySpan<byte> name, string? value)
        {
            if (value is not null)
            {
                writer.WriteString(name, value);
            }
        }
    }

    /// <summary>Other writers may have put anything into the headers; what is not a string of ours is left alone.</summary>
    public static EventMetadata Read(string? correlation, string? causation, ReadOnlySpan<byte> headers)
    {
        if (headers.IsEmpty)
        {
            return correlation is null && causation is null ? EventMetadata.None : new EventMetadata(null, correlation, causation);
        }

        string? actor = null, source = null, onBehalfOf = null;
        var reader = new Utf8JsonReader(headers);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
            {
                continue;
            }

            int which = reader.ValueTextEquals("actor"u8) ? 1 : reader.ValueTextEquals("source"u8) ? 2 : reader.ValueTextEquals("on_behalf_of"u8) ? 3 : 0;
            reader.Read();
            if (which == 0 || reader.TokenType != JsonTokenType.String)
            {
                reader.Skip();
                continue;
            }

            string? value = reader.GetString();
            (actor, source, onBehalfOf) = which switch
            {
                1 => (value, source, onBehalfOf),
                2 => (actor, value, onBehalfOf),
                _ => (actor, source, value),
            };
        }

        return new EventMetadata(actor, correlation, causation, source, onBehalfOf);
    }
}
