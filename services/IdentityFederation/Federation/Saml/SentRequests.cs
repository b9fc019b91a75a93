using System.Security.Cryptography;
using AccessGov.IdentityFederation.SignIn;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>
/// The requests that were sent and wait for their answer. The browser itself keeps them, sealed, in cookies that other sites' forms do not
/// bring along: whoever only asks writes nothing here, and every replica takes the answer. It is taken once. The handle that goes along
/// (RelayState) names the cookie and is worth nothing without it.
/// </summary>
internal sealed class SentRequests(UsedOnce used, SealedCookies cookies)
{
    /// <summary>How long somebody may take to sign in at the provider.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(15);

    /// <summary>How many sign-ins a browser may have begun at the same time: beyond that the others are forgotten.</summary>
    public const int OpenMax = 5;

    private const int HandleLength = 32;
    private const string CookiePrefix = "saml-";

    /// <summary>What the browser keeps of a request.</summary>
    private sealed record Begun(string Handle, string Provider, SentRequest Request, SignInWish Wish);

    /// <summary>Has the browser remember a request that is about to be sent.</summary>
    /// <returns>The handle that is to come back with the answer.</returns>
    public string Remember(HttpContext http, string provider, SentRequest request, SignInWish wish)
    {
        IReadOnlyList<string> open = cookies.NamesOf(http, CookiePrefix);
        foreach (string name in open.Count < OpenMax ? [] : open)
        {
            cookies.Delete(http, name);
        }

        string handle = RandomNumberGenerator.GetHexString(HandleLength, lowercase: true);
        cookies.Write(http, CookieOf(handle), new Begun(handle, provider, request, wish), Lasts, stays: true);
        return handle;
    }

    /// <summary>The request that this browser has sent with this handle, which it forgets; null when it has not, or too long ago.</summary>
    public (SentRequest Request, SignInWish Wish)? Take(HttpContext http, string provider, string? handle)
    {
        if (handle is null || handle.Length != HandleLength || !handle.All(char.IsAsciiHexDigitLower)
            || cookies.Read<Begun>(http, CookieOf(handle)) is not { } begun || begun.Handle != handle || begun.Provider != provider)
        {
            return null;
        }

        cookies.Delete(http, CookieOf(handle));
        return (begun.Request, begun.Wish);
    }

    /// <summary>Takes the answer to a request that is believed; false when it has had one.</summary>
    public Task<bool> AnswerAsync(string provider, SentRequest request, CancellationToken cancellation) =>
        used.UseAsync("saml request", provider, request.Id, request.At + Lasts, cancellation);

    private static string CookieOf(string handle) => $"{CookiePrefix}{handle[..8]}";
}
