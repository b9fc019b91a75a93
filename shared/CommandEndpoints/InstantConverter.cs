using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccessGov.CommandEndpoints;

/// <summary>Reads instants with their offset only: one without would be read in the time zone of this machine.</summary>
public sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return text is not null && HasOffset(text) && reader.TryGetDateTimeOffset(out DateTimeOffset instant)
            ? instant
            : throw new JsonException("An instant is written like 2026-01-31T12:00:00Z or with another offset from UTC.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    private static bool HasOffset(string text) =>
        text.EndsWith('Z') || (text.IndexOf('T', StringComparison.Ordinal) is var time and > 0 && text.AsSpan(time).ContainsAny('+', '-'));
}
