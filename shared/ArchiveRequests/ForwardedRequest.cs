using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace AccessGov.ArchiveRequests;

/// <summary>What the proxy says was asked of the archive.</summary>
/// <param name="Method">Null when it was not said in one way.</param>
/// <param name="Target">As it stood on the wire; null when it was not said in one way.</param>
public sealed record ForwardedRequest(string? Method, string? Target)
{
    /// <summary>Where proxies ask.</summary>
    public const string Path = "/forward-auth";

    // Orthanc does what these say instead of what the method says.
    private static readonly string[] MethodOverrides = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];

    /// <summary>Reads it.</summary>
    /// <param name="context">The proxy's question.</param>
    /// <param name="proxy">Which proxy asks.</param>
    public static ForwardedRequest Of(HttpContext context, ForwardingProxy proxy)
    {
        IHeaderDictionary headers = context.Request.Headers;
        if (Array.Exists(MethodOverrides, headers.ContainsKey))
        {
            return new ForwardedRequest(null, null);
        }

        return proxy switch
        {
            ForwardingProxy.Nginx => new ForwardedRequest(Single(headers["X-Original-Method"]), Single(headers["X-Original-URI"])),
            ForwardingProxy.Traefik => new ForwardedRequest(Single(headers["X-Forwarded-Method"]), Single(headers["X-Forwarded-Uri"])),
            _ => new ForwardedRequest(context.Request.Method, BehindPrefix(RawTarget(context))),
        };
    }

    /// <summary>The request's own target, before the server resolved dot segments and escapes in it.</summary>
    /// <param name="context">The request.</param>
    public static string RawTarget(HttpContext context) => context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";

    private static string? BehindPrefix(string target) =>
        target.StartsWith(Path + "/", StringComparison.Ordinal) ? target[Path.Length..] : null;

    private static string? Single(StringValues values) => values is [{ Length: > 0 } one] ? one : null;
}
