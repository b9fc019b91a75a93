using System.Text.Json;
using System.Text.Json.Serialization;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;

namespace AccessGov.Audit.Trail;

/// <summary>An event of the trail as its leaf says it: the clear fields, and the sealed ones unopened.</summary>
internal sealed record TrailEntry
{
    /// <summary>The leaf's bytes.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Leaf { get; private init; }

    [JsonPropertyName("seq")]
    public required long Sequence { get; init; }

    [JsonPropertyName("ts")]
    public required DateTimeOffset OccurredAt { get; init; }

    [JsonPropertyName("recv_ts")]
    public required DateTimeOffset ReceivedAt { get; init; }

    [JsonPropertyName("svc")]
    public required string Service { get; init; }

    [JsonPropertyName("stream")]
    public string? Stream { get; init; }

    [JsonPropertyName("version")]
    public long? Version { get; init; }

    [JsonPropertyName("event_id")]
    public required string EventId { get; init; }

    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    [JsonPropertyName("actor")]
    public string? Actor { get; init; }

    [JsonPropertyName("session")]
    public string? Session { get; init; }

    [JsonPropertyName("src")]
    public TrailPlace? Place { get; init; }

    /// <summary>One of <see cref="AuditActions"/>.</summary>
    [JsonPropertyName("action")]
    public required string Action { get; init; }

    [JsonPropertyName("object")]
    public TrailObject? Object { get; init; }

    /// <summary>One of <see cref="AuditOutcomes"/>.</summary>
    [JsonPropertyName("outcome")]
    public required string Outcome { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    [JsonPropertyName("policy")]
    public TrailPolicy? Policy { get; init; }

    /// <summary>Empty where nothing is sealed: the leaf has no such member then, which the generated reader sets to null.</summary>
    [JsonPropertyName("sealed")]
    public IReadOnlyList<SealedField> Sealed { get; init => field = value ?? []; } = [];

    [JsonPropertyName("cause")]
    public string? Cause { get; init; }

    [JsonPropertyName("corr")]
    public string? Correlation { get; init; }

    [JsonPropertyName("case")]
    public string? EmergencyCase { get; init; }

    [JsonIgnore]
    public bool Succeeded => Outcome == AuditOutcomes.Success;

    [JsonIgnore]
    public string? Address => Place?.Address;

    [JsonIgnore]
    public string? Workstation => Place?.Workstation;

    [JsonIgnore]
    public string? Study => Object?.Study;

    [JsonIgnore]
    public string? Series => Object?.Series;

    [JsonIgnore]
    public string? PatientToken => Object?.PatientToken;

    [JsonIgnore]
    public string? Resource => Object?.Resource;

    /// <summary>Reads a leaf.</summary>
    /// <exception cref="FormatException">It is none: whoever reads the trail stops there, and does not go on as if it were not in
    /// it.</exception>
    public static TrailEntry Parse(ReadOnlyMemory<byte> leaf)
    {
        try
        {
            return JsonSerializer.Deserialize(leaf.Span, TrailEntryJson.Default.TrailEntry)! with { Leaf = leaf };
        }
        catch (Exception malformed) when (malformed is JsonException or NullReferenceException or InvalidOperationException)
        {
            throw new FormatException("A leaf of the trail is not what a leaf is.", malformed);
        }
    }
}

/// <summary>From where it was done.</summary>
internal sealed record TrailPlace(
    [property: JsonPropertyName("ip")] string? Address, [property: JsonPropertyName("workstation")] string? Workstation);

/// <summary>What it was done to.</summary>
internal sealed record TrailObject(
    [property: JsonPropertyName("study")] string? Study,
    [property: JsonPropertyName("series")] string? Series,
    [property: JsonPropertyName("patient_token")] string? PatientToken,
    [property: JsonPropertyName("resource")] string? Resource);

/// <summary>What decided about it.</summary>
internal sealed record TrailPolicy(
    [property: JsonPropertyName("bundle_digest")] string? BundleDigest, [property: JsonPropertyName("decision_id")] string? DecisionId);

/// <summary>Leaves as JSON.</summary>
[JsonSerializable(typeof(TrailEntry))]
internal sealed partial class TrailEntryJson : JsonSerializerContext;
