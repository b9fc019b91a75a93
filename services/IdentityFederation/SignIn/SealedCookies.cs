using System.Security.Cryptography;
using System.Text.Json;
using AccessGov.EventSourcing;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// What a browser keeps for us between two pages: encrypted, for a while, sent to nobody else, and seen by no script. None of it
/// is a session.
/// </summary>
internal sealed class SealedCookies(IDataProtectionProvider protection, IOptions<IdentityFederationOptions> options, TimeProvider clock)
{
    private sealed record Envelope<T>(T Content, DateTimeOffset ExpiresAt);

    private bool IsSecure => options.Value.PublicUrl!.Scheme == Uri.UriSchemeHttps;

    /// <param name="http">The request.</param>
    /// <param name="name">What the cookie is for; one purpose's content is not read for another.</param>
    /// <param name="content">What it holds.</param>
    /// <param name="lasts">For how long.</param>
    /// <param name="stays">Whether the browser keeps it when it is closed.</param>
    public void Write<T>(HttpContext http, string name, T content, TimeSpan lasts, bool stays = false) => http.Response.Cookies.Append(
        NameOf(name), Seal(name, content, lasts), Cookie(stays ? lasts : null));

    /// <summary>What the cookie holds; null without one, or when it is too old or not ours.</summary>
    public T? Read<T>(HttpContext http, string name)
        where T : class => http.Request.Cookies[NameOf(name)] is { } text ? Unseal<T>(name, text) : null;

    public void Delete(HttpContext http, string name) => http.Response.Cookies.Delete(NameOf(name), Cookie(null));

    /// <summary>The cookies of the request whose names begin so, by what they are for.</summary>
    public IReadOnlyList<string> NamesOf(HttpContext http, string prefix) =>
        [.. http.Request.Cookies.Keys.Where(key => key.StartsWith(NameOf(prefix), StringComparison.Ordinal))
            .Select(key => key[NameOf("").Length..])];

    /// <summary>Seals what a form brings back.</summary>
    public string Seal<T>(string name, T content, TimeSpan lasts) =>
        protection.CreateProtector(name).Protect(
            JsonSerializer.Serialize(new Envelope<T>(content, clock.GetUtcNow() + lasts), EventTypes.SerializerOptions));

    public T? Unseal<T>(string name, string text)
        where T : class
    {
        try
        {
            var envelope = JsonSerializer.Deserialize<Envelope<T>>(
                protection.CreateProtector(name).Unprotect(text), EventTypes.SerializerOptions);
            return envelope is not null && envelope.ExpiresAt > clock.GetUtcNow() ? envelope.Content : null;
        }
        catch (CryptographicException)
        {
            // Not ours, changed, or of a key that is gone: as good as none.
            return null;
        }
    }

    // Strict: no other site's link or form brings a half-done sign-in along.
    private CookieOptions Cookie(TimeSpan? lasts) => new()
    {
        HttpOnly = true, Secure = IsSecure, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true, MaxAge = lasts,
    };

    private string NameOf(string name) => IsSecure ? $"__Host-accessgov-{name}" : $"accessgov-{name}";
}
