namespace AccessGov.Console;

/// <summary>What browsers are told about every answer. Nothing inline runs, nobody else's page frames ours.</summary>
internal static class SecurityHeaders
{
    /// <summary>Files of the console itself may be kept, and are asked for anew; everything else is about people.</summary>
    public const string StaticFiles = "no-cache";

    /// <param name="app">The console.</param>
    /// <param name="identityFederation">Where signing out leads: browsers hold a form's whole way against its page's policy.</param>
    public static void UseSecurityHeaders(this IApplicationBuilder app, Uri identityFederation)
    {
        string policy = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' "
            + identityFederation.GetLeftPart(UriPartial.Authority);
        app.Use((http, next) => SetAsync(http, next, policy));
    }

    private static Task SetAsync(HttpContext http, RequestDelegate next, string policy)
    {
        // An answer that an error begins anew loses its headers: they are set when it leaves.
        http.Response.OnStarting(() =>
        {
            IHeaderDictionary headers = http.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            headers.CacheControl = headers.CacheControl == StaticFiles ? StaticFiles : "no-store";

            return Task.CompletedTask;
        });
        return next(http);
    }
}
