using System.Text.Json.Serialization;

namespace AccessGov.Audit.Ingest;

/// <summary>Events as JSON while they wait.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditRecord))]
[JsonSerializable(typeof(IReadOnlyList<AuditRecord>))]
internal sealed partial class RecordJson : JsonSerializerContext;
