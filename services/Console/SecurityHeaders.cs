namespace AccessGov.Console;

/// <summary>What browsers are told about every answer. Nothing inline runs, nobody else's page frames ours.</summary>
internal static class SecurityHeaders
{
    private const string ContentPolicy =
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Files of the console itself may be kept, and are asked for anew; everything else is about people.</summary>
    public const string StaticFiles = "no-cache";

    public static Task SetAsync(HttpContext http, RequestDelegate next)
    {
        // An answer that an error begins anew loses its headers: they are set when it leaves.
        http.Response.OnStarting(static state =>
        {
            IHeaderDictionary headers = ((HttpResponse)state).Headers;
            headers.ContentSecurityPolicy = ContentPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            headers.CacheControl = headers.CacheControl == StaticFiles ? StaticFiles : "no-store";

            return Task.CompletedTask;
        }, http.Response);
        return next(http);
    }
}
