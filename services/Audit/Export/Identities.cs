using System.Text.Json;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Export;

/// <summary>Who an event was about, for a destination whose setting says that it may know. Thread-safe.</summary>
internal sealed class Identities(Unsealing unsealing)
{
    /// <summary>Null when nothing of the event can be opened any more.</summary>
    public async ValueTask<OpenedDetails?> OpenAsync(TrailEntry entry)
    {
        IReadOnlyList<OpenedField> fields = await unsealing.OpenAsync(entry, CancellationToken.None);
        JsonElement? patient = Of(fields, "patient"), person = Of(fields, "person");
        return patient is null && person is null ? null : new OpenedDetails(
            Text(patient, "patient"), Text(patient, "name"), Text(person, "name"));
    }

    private static JsonElement? Of(IReadOnlyList<OpenedField> fields, string about) =>
        fields.FirstOrDefault(field => field.State == FieldState.Opened && field.About == about)?.Content;

    private static string? Text(JsonElement? content, string name) =>
        content is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
