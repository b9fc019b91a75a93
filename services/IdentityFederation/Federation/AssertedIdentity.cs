namespace AccessGov.IdentityFederation.Federation;

/// <summary>What an identity provider says of somebody, after everything that proves it was checked.</summary>
/// <param name="Provider">The provider's name in the settings.</param>
/// <param name="Issuer">What it calls itself: an OpenID Connect issuer, or a SAML entity id.</param>
/// <param name="Subject">Who the person is there, for good.</param>
/// <param name="Claims">What it says of them; a claim with several values is there several times.</param>
/// <param name="Contexts">How they showed who they are, in its own words (acr, amr, AuthnContextClassRef).</param>
/// <param name="AuthenticatedAt">When it asked them last.</param>
/// <param name="ProviderSession">Its name of its session; null when it has none.</param>
/// <param name="Statement">How it may take back what it says.</param>
internal sealed record AssertedIdentity(
    string Provider, string Issuer, string Subject, ILookup<string, string> Claims, IReadOnlyList<string> Contexts,
    DateTimeOffset AuthenticatedAt, string? ProviderSession, Statement Statement)
{
    /// <summary>The one value of a claim; null when it has none, or several.</summary>
    public string? One(string? claim) => claim is { Length: > 0 }
        && Claims[claim].Distinct(StringComparer.Ordinal).ToArray() is [{ Length: > 0 } value] ? value : null;
}
