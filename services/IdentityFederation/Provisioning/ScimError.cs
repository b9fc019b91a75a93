using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>A request that SCIM has a word for (RFC 7644, 3.12). Parsing goes through many hands; the endpoint answers it.</summary>
internal sealed class ScimException(int status, string? type, string sentence) : Exception(sentence)
{
    public ScimException(string type, string sentence)
        : this(StatusCodes.Status400BadRequest, type, sentence)
    {
    }

    public int Status { get; } = status;

    public string? Type { get; } = type;
}

/// <summary>Errors in SCIM's form.</summary>
internal static class ScimError
{
    public const string ContentType = "application/scim+json";

    private const string Urn = "urn:ietf:params:scim:api:messages:2.0:Error";

    /// <summary>For what the defaults answer: a missing token, a body that is too large, a database that is away.</summary>
    public static ErrorForm Form { get; } = new((http, status, code, sentence) =>
    {
        http.Response.ContentType = ContentType;
        return http.Response.WriteAsync(Body(status, TypeOf(status, code), sentence).ToJsonString(), http.RequestAborted);
    });

    public static ScimAnswer Of(ScimException error) => new(error.Status, Body(error.Status, error.Type, error.Message));

    public static ScimAnswer Of(Refusal refusal)
    {
        int status = Refusals.Table.StatusOf(refusal.Code);
        return new(status, Body(status, TypeOf(status, refusal.Code), refusal.Sentence));
    }

    public static ScimAnswer NotFound(string kind, string id) => new(
        StatusCodes.Status404NotFound, Body(StatusCodes.Status404NotFound, null, $"There is no {kind} with the id {id}."));

    private static string? TypeOf(int status, string code) => status switch
    {
        StatusCodes.Status400BadRequest when code == "malformed_request" => "invalidSyntax",
        StatusCodes.Status400BadRequest => "invalidValue",
        StatusCodes.Status409Conflict when code.EndsWith("_taken", StringComparison.Ordinal) => "uniqueness",
        _ => null,
    };

    private static JsonObject Body(int status, string? type, string sentence)
    {
        var body = new JsonObject { ["schemas"] = new JsonArray(Urn), ["status"] = $"{status}", ["detail"] = sentence };
        if (type is not null)
        {
            body["scimType"] = type;
        }

        return body;
    }
}

/// <summary>An answer in SCIM's media type.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The resource, the list or the error; null for none.</param>
/// <param name="Location">The address of the resource.</param>
/// <param name="Version">The entity tag of the resource.</param>
internal sealed record ScimAnswer(int Status, JsonObject? Body = null, string? Location = null, string? Version = null) : IResult
{
    /// <summary>What a command answered that was given answers of this kind for whatever happens.</summary>
    public static ScimAnswer From(IResult result) => result as ScimAnswer
        ?? throw new InvalidOperationException($"{result.GetType().Name} is no answer of SCIM.");

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        response.StatusCode = Status;
        response.Headers.ETag = Version;
        response.Headers.Location = Location;
        if (Body is not null)
        {
            response.ContentType = ScimError.ContentType;
            await using (var writer = new Utf8JsonWriter(response.BodyWriter))
            {
                Body.WriteTo(writer);
            }

            await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
        }
    }
}
