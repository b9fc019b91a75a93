using System.Text.Json;
using AccessGov.ServiceDefaults;

namespace AccessGov.Audit.Ingest.Fhir;

/// <summary>
/// The FHIR feed of IHE's ITI-20: <c>POST /fhir/AuditEvent</c>, and bundles of them at <c>POST /fhir</c>. What is an AuditEvent is kept,
/// also where it is not understood.
/// </summary>
internal static class FhirEndpoints
{
    public const string NotAuditEvent = "not_an_audit_event";
    private const int BodyBytesMax = 4 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder fhir = routes.MapGroup("/fhir").WithErrorForm(OperationOutcome.Form).WithBodyLimit(BodyBytesMax);
        fhir.MapPost("/AuditEvent", (HttpContext http, Intake intake, TimeProvider clock) =>
            HandleAsync(http, resource => CreateAsync(http, resource, intake, clock)))
            .RequireAuthorization("audit.append");
        fhir.MapPost("", (HttpContext http, Intake intake, TimeProvider clock) =>
            HandleAsync(http, resource => FhirBundle.HandleAsync(http, resource, intake, clock)))
            .RequireAuthorization("audit.append");
        // A client asks what there is before it has a token.
        fhir.MapGet("/metadata", static () => OperationOutcome.Answer(FhirCapabilities.Statement())).AllowAnonymous();
    }

    private static async Task<IResult> HandleAsync(HttpContext http, Func<JsonElement, Task<IResult>> take)
    {
        string type = (http.Request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
        if (type is not (OperationOutcome.ContentType or "application/json"))
        {
            return OperationOutcome.Answer(StatusCodes.Status415UnsupportedMediaType, "media_type_unsupported",
                $"Send resources as {OperationOutcome.ContentType}.");
        }

        using JsonDocument? document = OperationOutcome.Parse(await IngestBody.ReadAsync(http));
        return document is null
            ? OperationOutcome.Answer(StatusCodes.Status400BadRequest, "malformed_request",
                "The body is not JSON, or a member is in it twice.")
            : await take(document.RootElement);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, JsonElement resource, Intake intake, TimeProvider clock)
    {
        if (!AuditEventIntake.Is(resource))
        {
            return OperationOutcome.Answer(StatusCodes.Status400BadRequest, NotAuditEvent, "Only an AuditEvent is taken here.");
        }

        string source = IngestBody.SourceOf(http);
        AuditEventIntake taken = AuditEventIntake.Of(resource, source, clock.GetUtcNow());
        await intake.AcceptAsync(source, taken.Records, http.RequestAborted);
        http.Response.Headers.Location = $"{http.Request.PathBase}/fhir/{taken.Location}";
        return Results.StatusCode(StatusCodes.Status201Created);
    }
}
