using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessGov.ServiceDefaults;

/// <summary>
/// The outermost part of every request: the request's id, no caching, and whatever went wrong as a problem with a sentence.
/// One middleware instead of four, because every decision passes through it.
/// </summary>
internal sealed class RequestEnvelope(
    RequestDelegate next, IHostApplicationLifetime lifetime, IEnumerable<IExceptionHandler> handlers, ILogger<RequestEnvelope> logger)
{
    private const string RequestIdHeader = "X-Request-ID";
    private const int RequestIdLengthMax = 128;

    private readonly IExceptionHandler[] known = [.. handlers];

    public async Task InvokeAsync(HttpContext context)
    {
        string requestId = RequestId(context);
        SetHeaders(context.Response, requestId);
        try
        {
            if (HoldsNul(context.Request))
            {
                await Problems.WriteAsync(context, StatusCodes.Status400BadRequest, "malformed_request", "The address holds a NUL character, which no identifier has.");
                return;
            }

            await next(context);
            if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null, ContentLength: null })
            {
                await ExplainAsync(context);
            }
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            SetHeaders(context.Response, requestId);
            await AnswerAsync(context, error);
        }
        finally
        {
            // Only a span that is exported is recorded; the host itself does not name its spans by their routes.
            if (Activity.Current is { Recorded: true } span)
            {
                Describe(span, context);
            }
        }
    }

    private static void Describe(Activity span, HttpContext context)
    {
        string? route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = $"{context.Request.Method} {route}".TrimEnd();
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static void SetHeaders(HttpResponse response, string requestId)
    {
        response.Headers[RequestIdHeader] = requestId;
        response.Headers.CacheControl = "no-store";
    }

    // PostgreSQL's text has no NUL: what holds one cannot be anybody's or anything's name.
    private static bool HoldsNul(HttpRequest request) =>
        request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true || request.Path.Value?.Contains('\0', StringComparison.Ordinal) == true;

    private static string RequestId(HttpContext context)
    {
        string given = context.Request.Headers[RequestIdHeader].ToString();
        return given.Length is > 0 and <= RequestIdLengthMax && !given.AsSpan().ContainsAnyExceptInRange('\u0020', '\u007e')
            ? given
            : Cleaned(given) is { Length: > 0 } cleaned ? cleaned : Problems.TraceId(context);
    }

    private static string Cleaned(string given) =>
        new([.. given.Where(character => character is >= '\u0020' and <= '\u007e').Take(RequestIdLengthMax)]);

    /// <summary>What a service knows of its own failures comes before what is said of any.</summary>
    private async Task AnswerAsync(HttpContext context, Exception error)
    {
        foreach (IExceptionHandler handler in known)
        {
            if (await handler.TryHandleAsync(context, error, context.RequestAborted))
            {
                return;
            }
        }

        await AnswerOtherAsync(context, error);
    }

    private Task AnswerOtherAsync(HttpContext context, Exception error)
    {
        switch (error)
        {
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return Task.CompletedTask;

            case OperationCanceledException when lifetime.ApplicationStopping.IsCancellationRequested:
                context.Response.Headers.RetryAfter = "5";
                return Problems.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "stopping", "The service is stopping: send the request again in a moment.");

            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return TooLargeAsync(context);

            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return Problems.WriteAsync(context, StatusCodes.Status408RequestTimeout, "body_too_slow",
                    "The body did not arrive in time: send it again.");

            case BadHttpRequestException bad:
                return Problems.WriteAsync(context, StatusCodes.Status400BadRequest, "malformed_request", MalformedBody.Sentence(bad));

            default:
                // The route as it is written in the code: the path itself may hold a patient's number.
                logger.LogError(error, "{Method} {Route} failed", context.Request.Method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
                return Problems.WriteAsync(context, StatusCodes.Status500InternalServerError, "internal_error",
                    $"Something went wrong here, and nothing was permitted by it. Tell the operators this trace id: {Problems.TraceId(context)}.");
        }
    }

    private static Task TooLargeAsync(HttpContext context) => Problems.WriteAsync(
        context, StatusCodes.Status413PayloadTooLarge, "body_too_large", "The body is larger than this endpoint takes: send less at once.");

    private static Task ExplainAsync(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => Problems.WriteAsync(context, 401, "unauthenticated", "Send a valid bearer token in the Authorization header."),
        StatusCodes.Status403Forbidden => Problems.WriteAsync(context, 403, "forbidden", "The caller may not do this."),
        StatusCodes.Status404NotFound => Problems.WriteAsync(context, 404, "not_found", "There is nothing at this address."),
        StatusCodes.Status405MethodNotAllowed => Problems.WriteAsync(context, 405, "method_not_allowed", "This address does not take that method: see the Allow header."),
        // Where the length is told in the header, the framework answers by itself.
        StatusCodes.Status413PayloadTooLarge => TooLargeAsync(context),
        // An unknown content type is one more malformed request; callers need not tell it from the others.
        StatusCodes.Status415UnsupportedMediaType => Problems.WriteAsync(context, 400, "malformed_request", "Send the body as application/json."),
        int status => Problems.WriteAsync(context, status, $"status_{status}", "The request was not carried out."),
    };
}

/// <summary>Says in one sentence what is wrong with a body, without the names of our classes.</summary>
internal static class MalformedBody
{
    public static string Sentence(BadHttpRequestException error)
    {
        if (error.StatusCode == StatusCodes.Status415UnsupportedMediaType)
        {
            return "Send the body as application/json.";
        }

        if (error.InnerException is not JsonException json)
        {
            return error.InnerException is null && error.Message.StartsWith("Required parameter", StringComparison.Ordinal)
                ? $"Something required is missing: {Quoted(error.Message, 0)}."
                : "The request cannot be read: its body is cut off, empty or not of the kind that this address takes.";
        }

        const string missing = "including: ";
        int members = json.Message.IndexOf(missing, StringComparison.Ordinal);
        if (members >= 0)
        {
            return $"The body lacks {json.Message.AsSpan(members + missing.Length).TrimEnd('.')}.";
        }

        string where = $"line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}{(json.Path is null or "$" ? "" : $", at {json.Path}")}";
        return json.Message.StartsWith("Duplicate property", StringComparison.Ordinal)
            ? $"The body names a member twice ({Quoted(json.Message, 0)})."
            : $"The body is not the JSON that this address takes: {where}.";
    }

    private static string Quoted(string message, int from)
    {
        int start = message.AsSpan(from).IndexOfAny('"', '\'');
        int end = start < 0 ? -1 : message.IndexOf(message[start], start + 1);
        return end < 0 ? "a member" : message[start..(end + 1)];
    }
}
