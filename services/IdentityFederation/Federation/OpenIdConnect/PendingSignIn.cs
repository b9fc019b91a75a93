using AccessGov.IdentityFederation.SignIn;

namespace AccessGov.IdentityFederation.Federation.OpenIdConnect;

/// <summary>
/// A sign-in that a browser is away for, at an identity provider. The browser itself keeps it, sealed, in a cookie that other sites' links
/// do not bring along: each one has its own, so that two tabs do not disturb each other.
/// </summary>
/// <param name="Provider">Where.</param>
/// <param name="State">What the provider sends back with its answer: it was asked for by this browser.</param>
/// <param name="Nonce">What stands in its token: it was made for this request.</param>
/// <param name="Verifier">What shows that whoever brings the code asked for it (PKCE).</param>
/// <param name="Wish">What the sign-in is for.</param>
/// <param name="MaxAge">How long ago the person may have been asked by the provider; null when it does not matter.</param>
/// <param name="BegunAt">When they were sent there.</param>
internal sealed record PendingSignIn(
    string Provider, string State, string Nonce, string Verifier, SignInWish Wish, TimeSpan? MaxAge, DateTimeOffset BegunAt)
{
    /// <summary>How long somebody may be away.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(15);

    private const int StateLength = 43;
    private const int NameLength = 10;

    /// <summary>The cookie of the sign-in with this state; null when no state of ours looks like it.</summary>
    public static string? CookieOf(string? state) =>
        state is { Length: StateLength } && state.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
            ? $"provider-{state[..NameLength]}" : null;
}
