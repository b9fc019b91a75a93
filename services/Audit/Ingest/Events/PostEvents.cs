using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;

namespace AccessGov.Audit.Ingest.Events;

/// <summary>
/// <c>POST /events</c>: one event, an array of them, or one a line (application/x-ndjson). All are taken in or none; 202 says that they are
/// durable. Who sends them is the token's client, whatever the body says.
/// </summary>
internal static class PostEvents
{
    public const int BodyBytesMax = 4 * 1024 * 1024;
    private const int EventsMax = 20_000;
    private const string Lines = "application/x-ndjson";

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = StrictJson.DepthMax };

    /// <summary>How many events were taken in.</summary>
    internal sealed record Taken(int Accepted);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/events", HandleAsync).RequireAuthorization("audit.append").WithBodyLimit(BodyBytesMax)
            .WithDescribedAnswer(StatusCodes.Status202Accepted, "application/json", typeof(Taken));

    private static async Task<IResult> HandleAsync(HttpContext http, Intake intake, TimeProvider clock)
    {
        byte[] body = await IngestBody.ReadAsync(http);
        if (Read(body, http.Request.ContentType, clock.GetUtcNow(), out List<AuditRecord> records) is { } refusal)
        {
            return Refusals.Answer(refusal);
        }

        await intake.AcceptAsync(IngestBody.SourceOf(http), records, http.RequestAborted);
        return Results.Json(new Taken(records.Count), statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>All events of a body, or why none is taken.</summary>
    internal static Refusal? Read(ReadOnlyMemory<byte> body, string? contentType, DateTimeOffset now, out List<AuditRecord> records)
    {
        records = [];
        string type = (contentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
        if (type is not ("application/json" or Lines))
        {
            return new Refusal("event_malformed", $"Send events as application/json or, one a line, as {Lines}.");
        }

        if (type != Lines)
        {
            return Add(body, allowArray: true, now, records) ?? NothingIn(records);
        }

        while (!body.IsEmpty)
        {
            int end = body.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            if (!line.Span.Trim(" \t\r"u8).IsEmpty && Add(line, allowArray: false, now, records) is { } refusal)
            {
                return refusal;
            }
        }

        return NothingIn(records);
    }

    private static Refusal? NothingIn(List<AuditRecord> records) =>
        records.Count == 0 ? new Refusal("event_malformed", "There is no event in the body.") : null;

    private static Refusal? Add(ReadOnlyMemory<byte> json, bool allowArray, DateTimeOffset now, List<AuditRecord> records)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Options);
            JsonElement root = document.RootElement;
            bool isArray = allowArray && root.ValueKind == JsonValueKind.Array;
            foreach (JsonElement item in isArray ? root.EnumerateArray().AsEnumerable() : [root])
            {
                if (records.Count == EventsMax)
                {
                    return new Refusal("event_malformed", $"Nothing was taken in: send at most {EventsMax} events at once.");
                }

                if (EventReader.Read(item, records.Count, now, out AuditRecord? record) is { } refusal)
                {
                    return refusal;
                }

                // The document's memory is given back; details outlive it.
                records.Add(record! with
                {
                    PatientDetails = record.PatientDetails?.Clone(), PersonDetails = record.PersonDetails?.Clone(),
                });
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Halves of characters and bytes that are no UTF-8 are found when a text is read.
            return EventReader.Malformed(records.Count, "something is not JSON, or is named twice");
        }
    }
}
