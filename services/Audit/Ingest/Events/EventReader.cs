using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccessGov.EventSourcing;

namespace AccessGov.Audit.Ingest.Events;

/// <summary>
/// Reads one event of plain JSON: the members of <see cref="Texts"/> and two objects of details. An unknown member is refused: it may be a
/// misspelt one.
/// </summary>
internal static partial class EventReader
{
    /// <summary>The largest object of details, as it was sent.</summary>
    public const int DetailsBytesMax = 256 * 1024;
    private const string IdSentence = "an id or a code of 1 to 200 characters without blanks, commas and carets";

    private static readonly Rule Id = new(ClearText.IsIdentifier, IdSentence);
    private static readonly Rule Uid = new(ClearText.IsUid, "a DICOM UID");

    private static readonly FrozenDictionary<string, Rule> Texts = new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["event_id"] = Id,
        ["occurred_at"] = new(static text => EventTime.Of(text) is not null, "a time of RFC 3339 with its offset"),
        ["kind"] = new(static text => KindForm().IsMatch(text), "1 to 64 small letters, digits, dots, hyphens and underscores"),
        ["actor"] = Id,
        ["action"] = new(static text => AuditActions.All.Contains(text, StringComparer.Ordinal),
            $"one of {string.Join(", ", AuditActions.All)}"),
        ["outcome"] = new(static text => AuditOutcomes.All.Contains(text, StringComparer.Ordinal),
            $"one of {string.Join(", ", AuditOutcomes.All)}"),
        ["study"] = Uid,
        ["series"] = Uid,
        ["patient"] = new(
            static text => text.Length is > 0 and <= ClearText.LengthMax && !text.Any(char.IsControl), "an id of 1 to 200 characters"),
        ["resource"] = new(
            static text => ClearText.IsIdentifier(text) && text.IndexOf("::", StringComparison.Ordinal) > 0
                && !text.StartsWith("Patient::", StringComparison.OrdinalIgnoreCase),
            "Type::id, of 1 to 200 characters, and no patient, who is named in patient"),
        ["address"] = new(static text => AddressText.Of(text) is not null, "an IP address: 10.0.0.1 or IPv6 without a zone"),
        ["workstation"] = Id,
        ["session"] = Id,
        ["reason"] = new(ClearText.IsCode, "a code: 1 to 64 letters, digits, dots, hyphens, colons and underscores"),
        ["policy_set"] = Id,
        ["decision_id"] = Id,
        ["cause"] = Id,
        ["correlation"] = Id,
        ["emergency_case"] = Id,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] Required = ["event_id", "occurred_at", "action", "outcome"];

    /// <summary>Reads an event.</summary>
    /// <param name="item">What was sent.</param>
    /// <param name="index">Its place among those that were sent together.</param>
    /// <param name="now">The time.</param>
    /// <param name="record">The event, when nothing is refused.</param>
    public static Refusal? Read(JsonElement item, int index, DateTimeOffset now, out AuditRecord? record)
    {
        record = null;
        if (item.ValueKind != JsonValueKind.Object)
        {
            return Malformed(index, "it is not an object");
        }

        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        JsonElement? details = null, personDetails = null;
        foreach (JsonProperty member in item.EnumerateObject())
        {
            string name = member.Name;
            if (name is "details" or "person_details")
            {
                if (!HoldsDetails(member.Value))
                {
                    return Malformed(index, $"{name} is an object of at most {DetailsBytesMax} bytes");
                }

                details = name == "details" ? member.Value : details;
                personDetails = name == "details" ? personDetails : member.Value;
            }
            else if (!Texts.TryGetValue(name, out Rule? rule))
            {
                return Malformed(index, $"{(ClearText.IsCode(name) ? name : "a member")} is not a member of an event");
            }
            else if (member.Value.ValueKind != JsonValueKind.String || member.Value.GetString() is not { } text || !rule.Holds(text))
            {
                return Malformed(index, $"{name} is {rule.Sentence}");
            }
            else
            {
                texts[name] = text;
            }
        }

        string? missing = Array.Find(Required, name => !texts.ContainsKey(name));
        if (missing is not null)
        {
            return Malformed(index, $"{missing} is missing");
        }

        if (details is not null && personDetails is not null && !texts.ContainsKey("patient"))
        {
            return Malformed(index, "details and person_details go together where there is a patient");
        }

        record = Record(texts.GetValueOrDefault, details, personDetails);
        return EventTime.IsPlausible(record.OccurredAt, now)
            ? null
            : Malformed(index, "occurred_at is before 1990 or more than a day ahead");
    }

    public static Refusal Malformed(int index, string what) => new("event_malformed", $"Nothing was taken in: in event {index}, {what}.");

    /// <summary>The details are the patient's, where there is one, else of whoever acted.</summary>
    private static AuditRecord Record(Func<string, string?> text, JsonElement? details, JsonElement? personDetails) => new()
    {
        EventId = text("event_id")!,
        OccurredAt = EventTime.Of(text("occurred_at"))!.Value,
        Kind = text("kind") is { } kind ? $"event.{kind}" : "event",
        Action = text("action")!,
        Outcome = text("outcome")!,
        Actor = text("actor"),
        Session = text("session"),
        Address = AddressText.Of(text("address")),
        Workstation = text("workstation"),
        Study = text("study"),
        Series = text("series"),
        Resource = text("resource"),
        Patient = text("patient"),
        Reason = text("reason"),
        PolicySet = text("policy_set"),
        DecisionId = text("decision_id"),
        Cause = text("cause"),
        Correlation = text("correlation"),
        EmergencyCase = text("emergency_case"),
        PatientDetails = text("patient") is null ? null : details,
        PersonDetails = personDetails ?? (text("patient") is null ? details : null),
    };

    private static bool HoldsDetails(JsonElement value) => value.ValueKind == JsonValueKind.Object
        && JsonMarshal.GetRawUtf8Value(value).Length <= DetailsBytesMax && JsonTexts.AreWhole(value);

    private sealed record Rule(Func<string, bool> Holds, string Sentence);

    [GeneratedRegex("^[a-z0-9._-]{1,64}$", RegexOptions.CultureInvariant)]
    private static partial Regex KindForm();
}
