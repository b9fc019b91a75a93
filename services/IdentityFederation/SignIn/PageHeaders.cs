using Microsoft.AspNetCore.Mvc.Filters;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>What browsers are told about every page. Nothing inline runs, nobody else's page frames ours, and nothing is kept.</summary>
internal sealed class PageHeaders : IAlwaysRunResultFilter
{
    // No form-action: browsers hold it against what a form leads to in the end, and a sign-in leads back to the program that asked for it.
    private const string ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

    public void OnResultExecuting(ResultExecutingContext context)
    {
        IHeaderDictionary headers = context.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-store";
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
        // Nothing is left to do.
    }
}
