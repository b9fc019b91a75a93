using Microsoft.IdentityModel.Tokens;

namespace AccessGov.ServiceDefaults;

/// <summary>
/// An issuer whose keys this process holds itself. A service that issues tokens registers one, and takes its own tokens besides those of the configured issuer.
/// Thread-safe.
/// </summary>
public interface ISigningKeySource
{
    /// <summary>The issuer (<c>iss</c>) that its tokens name, exactly.</summary>
    string Issuer { get; }

    /// <summary>The public keys (P-256) that its tokens may be signed with at this moment; none while they are not known yet.</summary>
    IReadOnlyList<SecurityKey> Keys { get; }
}
