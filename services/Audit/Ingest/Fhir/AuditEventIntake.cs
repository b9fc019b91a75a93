using System.Runtime.InteropServices;
using System.Text.Json;
using AccessGov.Audit.Ingest.Reported;

namespace AccessGov.Audit.Ingest.Fhir;

/// <summary>One AuditEvent as events of the trail: what it says, or the whole of it where it is not understood.</summary>
/// <param name="Id">What it is called from now on: the hash of what was sent.</param>
/// <param name="Records">The events.</param>
internal sealed record AuditEventIntake(string Id, IReadOnlyList<AuditRecord> Records)
{
    public const string ResourceType = "AuditEvent";

    /// <summary>Its address, from the base of the interface.</summary>
    public string Location => $"{ResourceType}/{Id}";

    /// <summary>Whether something is an AuditEvent at all.</summary>
    public static bool Is(JsonElement? resource) => resource.Text("resourceType") == ResourceType;

    /// <summary>Reads a resource that is an AuditEvent.</summary>
    public static AuditEventIntake Of(JsonElement resource, string source, DateTimeOffset now)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(resource);
        string id = Unparsed.HashOf(raw);
        ReportedEvent? reported = AuditEventResource.Read(resource, out string fault);
        return reported is null ? new AuditEventIntake(id, [Unparsed.Of(raw, fault, now)])
            : reported.Objects.Count > ReportedRecords.ObjectsMax ? new AuditEventIntake(id, [Unparsed.Of(raw, "too_many_objects", now)])
            : EventTime.IsPlausible(reported.At, now) ? new AuditEventIntake(id, ReportedRecords.Of(reported, source, id))
            : new AuditEventIntake(id, [Unparsed.Of(raw, "time_implausible", now)]);
    }
}
