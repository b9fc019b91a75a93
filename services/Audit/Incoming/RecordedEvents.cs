using System.Text.Json;
using AccessGov.Audit.Ingest;
using AccessGov.Contracts.Audit.V1;

namespace AccessGov.Audit.Incoming;

/// <summary>
/// What an event of another service comes to in the trail. In clear stand who, what, when and on which thing; all that the event says is
/// sealed, under the patient's key where it is about one.
/// </summary>
internal static class RecordedEvents
{
    private static readonly EventMeaning Unheard = new(AuditActions.Other);

    public static AuditRecord RecordOf(string service, RecordedEvent e)
    {
        EventMeaning meaning = EventMeaning.Find(service, e.Name) ?? Unheard;
        (string kind, string id) = Split(e.Stream);
        string? patient = Member(e.Payload, meaning.Patient) ?? PatientOfScope(e.Payload);
        string? person = Member(e.Payload, meaning.Person) ?? (meaning.About ? id : null);
        string? address = AddressText.Of(e.Source);
        JsonElement details = Details(e, address is null ? e.Source : null);
        return new AuditRecord
        {
            EventId = e.EventId.ToString(), OccurredAt = Instant(e.Payload, meaning.At) ?? e.RecordedAt, Kind = Shortened.Of(e.Name),
            Action = meaning.Opened ? RecordedDecisions.ActionOf(Member(e.Payload, "Action") ?? "") : meaning.Action,
            Outcome = meaning.Outcome, Study = meaning.Opened ? Shortened.OrNull(Member(e.Payload, "Study")) : null,
            Reason = ClearText.Code(Member(e.Payload, meaning.Reason)),
            // The stream of a patient's relation is named by a hash that whoever knows both can make: it is sealed with the rest.
            Stream = patient is null ? Shortened.OrNull(e.Stream) : null, Version = patient is null ? e.Version : null,
            Actor = Shortened.OrNull(
                meaning.Opened ? person : e.Actor ?? (meaning.Action is AuditActions.SignIn or AuditActions.SignOut ? person : null)),
            Session = kind == "session" ? Shortened.Of(id) : null,
            // What came from an edge is told by the edge, which is not where it happened.
            Address = meaning.Opened ? AddressText.Of(Member(e.Payload, "Address")) : AddressOf(e.Payload) ?? address,
            Resource = patient is null ? Shortened.OrNull($"{kind}::{id}") : null,
            Patient = patient, PatientDetails = patient is null ? null : details,
            PersonDetails = patient is null ? details : null, Person = person,
            EmergencyCase = kind == "emergency-access" ? id : null,
            Cause = Shortened.OrNull(e.CausationId), Correlation = Shortened.OrNull(e.CorrelationId),
        };
    }

    /// <summary>The whole event as it was told, and the hash of what is stored.</summary>
    private static JsonElement Details(RecordedEvent e, string? from) =>
        JsonSerializer.SerializeToElement(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["stream"] = e.Stream,
        ["version"] = e.Version,
        ["position"] = e.Position,
        ["payloadHash"] = e.PayloadHash,
        ["onBehalfOf"] = e.OnBehalfOf,
        ["source"] = from,
        ["event"] = e.Payload,
    }.Where(member => member.Value is not null).ToDictionary(member => member.Key, member => member.Value, StringComparer.Ordinal));

    /// <summary>The kind of a stream and its id: network-list and 7 of network-list-7.</summary>
    private static (string Kind, string Id) Split(string stream)
    {
        string kind = StreamKinds.FirstOrDefault(kind => stream.StartsWith(kind, StringComparison.Ordinal) && stream.Length > kind.Length
            && stream[kind.Length] == '-')
            ?? "stream";
        return (kind, kind == "stream" ? stream : stream[(kind.Length + 1)..]);
    }

    private static readonly string[] StreamKinds =
    [
        "access-request", "account", "alert-channel", "client", "departure", "duty-separation", "emergency-access", "emergency-capability",
        "emergency-drills", "emergency-edge", "emergency-refusals", "grant", "group", "lock", "network-list", "organisation", "person",
        "policy-draft", "policy-set", "relation", "review-campaign", "review-item", "role", "session", "signing", "site", "suspension", "token",
    ];

    private static string? Member(JsonElement payload, string? name) =>
        name is not null && payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    /// <summary>When it happened, as it says itself.</summary>
    private static DateTimeOffset? Instant(JsonElement payload, string? name) =>
        Member(payload, name) is not null && payload.GetProperty(name!).TryGetDateTimeOffset(out DateTimeOffset at) ? at : null;

    private static string? PatientOfScope(JsonElement payload) =>
        string.Equals(Member(payload, "ScopeKind"), "Patient", StringComparison.OrdinalIgnoreCase) ? Member(payload, "ScopeId") : null;

    /// <summary>Where a session began.</summary>
    private static string? AddressOf(JsonElement payload) =>
        payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty("Device", out JsonElement device)
            ? Shortened.OrNull(Member(device, "Address")) : null;
}
