using System.Globalization;
using System.Text;
using System.Text.Json;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>What is signed: which text is in force since when, by whom. Members in the order of their names, no white space, so that it has one form.</summary>
internal static class PolicyManifest
{
    public static string Of(string name, PolicySetEvent @event, string? by, DateTimeOffset at) => Encoding.UTF8.GetString(CanonicalJson.Bytes((name, @event, by, at), Write));

    private static void Write(Utf8JsonWriter writer, (string Name, PolicySetEvent Event, string? By, DateTimeOffset At) manifest)
    {
        (int version, string hash, string @event) = manifest.Event switch
        {
            PolicySetPublished e => (e.Version, e.Hash, "published"),
            PolicySetRolledBack e => (e.Version, e.Hash, "rolled_back"),
            _ => throw new InvalidOperationException($"{manifest.Event.GetType().Name} puts nothing into force."),
        };
        writer.WriteStartObject();
        WriteOptional(writer, "approved_by"u8, manifest.Event.ApprovedBy);
        writer.WriteString("at"u8, manifest.At.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        WriteOptional(writer, "by"u8, manifest.By);
        WriteOptional(writer, "draft"u8, manifest.Event.DraftId);
        writer.WriteString("event"u8, @event);
        writer.WriteString("hash"u8, hash);
        writer.WriteString("name"u8, manifest.Name);
        writer.WriteNumber("version"u8, version);
        writer.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
