using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.ServiceDefaults;

namespace AccessGov.Audit.Ingest.Fhir;

/// <summary>Refusals and answers in FHIR's form.</summary>
internal static class OperationOutcome
{
    public const string ContentType = "application/fhir+json";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = StrictJson.DepthMax };

    /// <summary>For what the defaults answer: a missing token, a body that is too large, a database that is away.</summary>
    public static ErrorForm Form { get; } = new(static (http, status, code, sentence) =>
    {
        http.Response.ContentType = ContentType;
        return http.Response.WriteAsync(Of(status, code, sentence).ToJsonString(), http.RequestAborted);
    });

    /// <summary>A refusal.</summary>
    public static IResult Answer(int status, string code, string sentence) =>
        Results.Text(Of(status, code, sentence).ToJsonString(), ContentType, statusCode: status);

    public static IResult Answer(JsonNode resource) => Results.Text(resource.ToJsonString(), ContentType);

    /// <summary>The resource: FHIR's kind of issue, our code and the sentence.</summary>
    public static JsonObject Of(int status, string code, string sentence) => new()
    {
        ["resourceType"] = "OperationOutcome",
        ["issue"] = new JsonArray(new JsonObject
        {
            ["severity"] = "error",
            ["code"] = status switch
            {
                StatusCodes.Status401Unauthorized => "login",
                StatusCodes.Status403Forbidden => "forbidden",
                StatusCodes.Status404NotFound => "not-found",
                StatusCodes.Status405MethodNotAllowed or StatusCodes.Status415UnsupportedMediaType => "not-supported",
                StatusCodes.Status413PayloadTooLarge => "too-long",
                StatusCodes.Status429TooManyRequests => "throttled",
                >= StatusCodes.Status500InternalServerError => "transient",
                _ => "invalid",
            },
            ["details"] = new JsonObject
            {
                ["coding"] = new JsonArray(new JsonObject { ["system"] = $"urn:accessgov:{Refusals.Service}", ["code"] = code }),
                ["text"] = sentence,
            },
            ["diagnostics"] = sentence,
        }),
    };

    /// <summary>The body as JSON, or null.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var document = JsonDocument.Parse(body, Strict);
            return JsonTexts.AreWhole(document.RootElement) ? document : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half a character in a name is found when names are compared.
            return null;
        }
    }
}
