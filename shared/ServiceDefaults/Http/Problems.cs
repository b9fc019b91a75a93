using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.ServiceDefaults;

/// <summary>Errors as RFC 9457 problem details, with a type that never changes and a sentence for people.</summary>
public static class Problems
{
    /// <summary>A refusal.</summary>
    /// <param name="service">The service's name in kebab case.</param>
    /// <param name="code">The refusal's stable code in snake case; the type becomes <c>urn:accessgov:{service}:{code}</c>.</param>
    /// <param name="sentence">One clear sentence that says what to do next.</param>
    /// <param name="status">409 unless the rule calls for another (400 malformed, 404 absent, 412 stale <c>If-Match</c>, 503 cannot know).</param>
    public static IResult Refused(string service, string code, string sentence, int status = StatusCodes.Status409Conflict) =>
        new Problem(service, code, sentence, status);

    /// <summary>Writes the problem of the running service to the response, which must not have started; its headers are kept.</summary>
    public static Task WriteAsync(HttpContext context, int status, string code, string sentence) =>
        WriteAsync(context, context.RequestServices.GetRequiredService<ServiceIdentity>().Name, status, code, sentence);

    internal static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    private static async Task WriteAsync(HttpContext context, string service, int status, string code, string sentence)
    {
        context.Response.StatusCode = status;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<ErrorForm>() is { } form)
        {
            await form.WriteAsync(context, status, code, sentence);
            return;
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<PlainErrors>() is not null)
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(sentence, context.RequestAborted);
            return;
        }

        if (context.RequestServices.GetService<ErrorPage>() is { } page && ErrorPage.IsWanted(context.Request))
        {
            await page.WriteAsync(context, code, sentence);
            return;
        }

        context.Response.ContentType = "application/problem+json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("type", $"urn:accessgov:{service}:{code}");
        json.WriteString("title", code.Replace('_', ' '));
        json.WriteNumber("status", status);
        json.WriteString("detail", sentence);
        json.WriteString("traceId", TraceId(context));
        json.WriteEndObject();
    }

    private sealed class Problem(string service, string code, string sentence, int status) : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => status;

        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, service, status, code, sentence);
    }
}
