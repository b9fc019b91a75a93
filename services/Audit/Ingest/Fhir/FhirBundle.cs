using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessGov.Audit.Ingest.Fhir;

/// <summary>
/// A bundle of AuditEvents: each entry of a batch is answered by itself; a transaction is taken in as a whole or not at all. In both the
/// answer comes when all that was taken is durable.
/// </summary>
internal static class FhirBundle
{
    private const int EntriesMax = 5_000;
    private const string Malformed = "bundle_malformed";

    /// <summary>An entry that was taken, or why it was not.</summary>
    private sealed record Entry(AuditEventIntake? Taken, string Code, string Sentence);

    public static async Task<IResult> HandleAsync(HttpContext http, JsonElement bundle, Intake intake, TimeProvider clock)
    {
        JsonElement? root = bundle;
        JsonElement?[] given = [.. root.Items("entry").Take(EntriesMax + 1)];
        if (root.Text("resourceType") != "Bundle" || root.Text("type") is not ("batch" or "transaction")
            || given.Length is 0 or > EntriesMax)
        {
            return OperationOutcome.Answer(
                StatusCodes.Status400BadRequest, Malformed, $"Send a Bundle of type batch or transaction with 1 to {EntriesMax} entries.");
        }

        string source = IngestBody.SourceOf(http);
        DateTimeOffset now = clock.GetUtcNow();
        Entry[] entries = [.. given.Select(entry => Read(entry, source, now))];
        bool isTransaction = root.Text("type") == "transaction";
        int refused = Array.FindIndex(entries, entry => entry.Taken is null);
        if (isTransaction && refused >= 0)
        {
            return OperationOutcome.Answer(
                StatusCodes.Status400BadRequest, entries[refused].Code,
                $"Nothing was taken in. Entry {refused}: {entries[refused].Sentence}");
        }

        AuditRecord[] records = [.. entries.SelectMany(entry => entry.Taken?.Records ?? [])];
        if (records.Length > 0)
        {
            await intake.AcceptAsync(source, records, http.RequestAborted);
        }

        return OperationOutcome.Answer(new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = isTransaction ? "transaction-response" : "batch-response",
            ["entry"] = new JsonArray([.. entries.Select(Response)]),
        });
    }

    private static Entry Read(JsonElement? entry, string source, DateTimeOffset now)
    {
        JsonElement? request = entry.Member("request");
        return request.Text("method") != "POST" || request.Text("url")?.Trim('/') != AuditEventIntake.ResourceType
            ? new Entry(null, Malformed, "Its request is POST AuditEvent.")
            : entry.Member("resource") is { } resource && AuditEventIntake.Is(resource)
                ? new Entry(AuditEventIntake.Of(resource, source, now), "", "")
                : new Entry(null, FhirEndpoints.NotAuditEvent, "Only an AuditEvent is taken here.");
    }

    private static JsonObject Response(Entry entry) => new()
    {
        ["response"] = entry.Taken is { } taken
            ? new JsonObject { ["status"] = "201 Created", ["location"] = taken.Location }
            : new JsonObject
            {
                ["status"] = "400 Bad Request",
                ["outcome"] = OperationOutcome.Of(StatusCodes.Status400BadRequest, entry.Code, entry.Sentence),
            },
    };
}
