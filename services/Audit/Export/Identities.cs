using System.Text.Json;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using Npgsql;

namespace AccessGov.Audit.Export;

/// <summary>Who an event was about, for a destination whose setting says that it may know. Thread-safe.</summary>
internal sealed class Identities(Unsealing unsealing, TrailDatabase database, TrailReader trail)
{
    // Some may be of a year whose keys were shredded.
    private const int EventsMax = 8;

    /// <summary>Null when nothing of the event can be opened any more.</summary>
    public async ValueTask<OpenedDetails?> OpenAsync(TrailEntry entry)
    {
        IReadOnlyList<OpenedField> fields = await unsealing.OpenAsync(entry, CancellationToken.None);
        JsonElement? patient = Of(fields, "patient"), person = Of(fields, "person");
        string? id = Text(patient, "patient") ?? await PatientOfAsync(entry);
        return patient is null && person is null && id is null ? null
            : new OpenedDetails(id, Text(patient, "name"), Text(person, "name"));
    }

    /// <summary>
    /// What was done with the trail itself names a patient by their token alone. Who that is say the patient's own events; where there are
    /// none, it was opened with the entry.
    /// </summary>
    private async Task<string?> PatientOfAsync(TrailEntry entry)
    {
        if (entry.Service != Refusals.Service || entry.PatientToken is not { } token)
        {
            return null;
        }

        foreach (long sequence in await EventsOfAsync(token))
        {
            if (trail.Leaf(sequence) is { } leaf
                && Text(Of(await unsealing.OpenAsync(TrailEntry.Parse(leaf), CancellationToken.None), "patient"), "patient") is { } id)
            {
                return id;
            }
        }

        return null;
    }

    /// <summary>The newest events of a patient that others told.</summary>
    private async Task<IReadOnlyList<long>> EventsOfAsync(string token)
    {
        await using NpgsqlCommand find = database.Read.CreateCommand(
            "select seq from trail.entry where patient = $1 and service <> $2 order by at desc, seq desc limit $3");
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = token });
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Refusals.Service });
        find.Parameters.Add(new NpgsqlParameter<int> { TypedValue = EventsMax });
        List<long> found = [];
        await using NpgsqlDataReader rows = await find.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            found.Add(rows.GetInt64(0));
        }

        return found;
    }

    private static JsonElement? Of(IReadOnlyList<OpenedField> fields, string about) =>
        fields.FirstOrDefault(field => field.State == FieldState.Opened && field.About == about)?.Content;

    private static string? Text(JsonElement? content, string name) =>
        content is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
