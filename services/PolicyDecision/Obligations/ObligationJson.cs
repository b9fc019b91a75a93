using System.Text;
using System.Text.Json;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Obligations;

/// <summary>Obligations as the profile writes them: an array of objects with id, type and properties.</summary>
internal static class ObligationJson
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<Obligation> obligations)
    {
        writer.WriteStartArray();
        for (int i = 0; i < obligations.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, obligations[i].Id);
            writer.WriteString("type"u8, obligations[i].Type);
            writer.WritePropertyName("properties"u8);
            writer.WriteRawValue(obligations[i].Properties.Span, skipInputValidation: true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>In ASCII: what is not is escaped as JSON does, so that it may stand in a header.</summary>
    public static string Text(IReadOnlyList<Obligation> obligations) => Encoding.ASCII.GetString(Bytes(obligations));

    public static int Length(IReadOnlyList<Obligation> obligations) => Bytes(obligations).Length;

    private static byte[] Bytes(IReadOnlyList<Obligation> obligations) => CanonicalJson.Bytes(obligations, Write);
}
