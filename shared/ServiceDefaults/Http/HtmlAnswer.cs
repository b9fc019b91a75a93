using Microsoft.AspNetCore.Http;

namespace AccessGov.ServiceDefaults;

/// <summary>
/// A small page of a service itself: kept nowhere, framed by nobody, with nothing from elsewhere. What it holds of others is encoded by
/// whoever writes it.
/// </summary>
/// <param name="document">The whole document.</param>
/// <param name="policy">
/// What the content security policy (CSP Level 3) has besides that all else is forbidden, for example <c>form-action 'self'</c>: a script or
/// style by its hash, and where forms lead.
/// </param>
/// <param name="status">The status.</param>
/// <param name="referrer">The header Referrer-Policy.</param>
public sealed class HtmlAnswer(
    string document, string policy, int status = StatusCodes.Status200OK, string referrer = "no-referrer") : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = $"default-src 'none'; base-uri 'none'; frame-ancestors 'none'; {policy}";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = referrer;
        return response.WriteAsync(document, httpContext.RequestAborted);
    }
}
