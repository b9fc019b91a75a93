namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>Somebody has signed in, or shown in a session again who they are.</summary>
/// <param name="SessionId">In which session: the <c>sid</c> of its tokens.</param>
/// <param name="UserId">Who.</param>
/// <param name="Methods">How they showed it in this session (RFC 8176), for example pwd, otp, mfa.</param>
/// <param name="Context">What that amounts to: the authentication context class (<c>acr</c>).</param>
/// <param name="Provider">The identity provider that said so; null for a local account.</param>
/// <param name="Network">Where from, when the session began: a /24 of IPv4 or a /64 of IPv6; null when somebody showed it again.</param>
/// <param name="Inside">Whether that is one of the hospital's networks; null when somebody showed it again.</param>
/// <param name="At">When, UTC.</param>
public sealed record SignedIn(
    string SessionId, string UserId, IReadOnlyList<string> Methods, string Context, string? Provider, string? Network, bool? Inside,
    DateTimeOffset At)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.signed-in.v1";
}
