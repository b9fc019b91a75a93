using System.Text.Json.Nodes;

namespace AccessGov.Audit.Ingest.Fhir;

/// <summary>What the FHIR interface can do, and nothing else.</summary>
internal static class FhirCapabilities
{
    private static readonly DateTimeOffset Since = new(2026, 11, 27, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The statement of R4. Its date is when it last changed.</summary>
    public static JsonObject Statement() => new()
    {
        ["resourceType"] = "CapabilityStatement",
        ["status"] = "active",
        ["date"] = $"{Since:yyyy-MM-dd}",
        ["kind"] = "instance",
        ["software"] = new JsonObject { ["name"] = "AccessGov audit" },
        ["implementation"] = new JsonObject { ["description"] = "Takes audit events into the trail." },
        ["fhirVersion"] = "4.0.1",
        ["format"] = new JsonArray(OperationOutcome.ContentType, "json"),
        ["rest"] = new JsonArray(new JsonObject
        {
            ["mode"] = "server",
            ["security"] = new JsonObject { ["cors"] = false, ["description"] = "OAuth 2.0 access tokens with the scope audit.append." },
            ["resource"] = new JsonArray(new JsonObject
            {
                ["type"] = AuditEventIntake.ResourceType,
                ["interaction"] = new JsonArray(new JsonObject { ["code"] = "create" }),
                ["documentation"] = "An AuditEvent that is not understood is kept as it is, marked and counted.",
            }),
            ["interaction"] = new JsonArray(new JsonObject { ["code"] = "batch" }, new JsonObject { ["code"] = "transaction" }),
        }),
    };
}
