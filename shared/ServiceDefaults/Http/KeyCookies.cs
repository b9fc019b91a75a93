using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AccessGov.ServiceDefaults;

/// <summary>
/// The cookies of a scheme that keeps its tickets under a key. The scheme that signs in sees none, so that nobody goes on under a key that
/// somebody else may know.
/// </summary>
/// <param name="reads">Whether the scheme sees what the browser sent.</param>
public sealed class KeyCookies(bool reads) : ICookieManager
{
    private readonly ChunkingCookieManager cookies = new();

    /// <inheritdoc/>
    public string? GetRequestCookie(HttpContext context, string key) => reads ? cookies.GetRequestCookie(context, key) : null;

    /// <inheritdoc/>
    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        cookies.AppendResponseCookie(context, key, value, options);

    /// <inheritdoc/>
    public void DeleteCookie(HttpContext context, string key, CookieOptions options) => cookies.DeleteCookie(context, key, options);
}
