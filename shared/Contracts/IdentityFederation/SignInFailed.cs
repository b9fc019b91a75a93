namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>
/// Somebody did not show who they are, or may not come in. Failures of a minute are counted together; what was typed is in no message.
/// </summary>
/// <param name="UserId">Who it was to be; null when nobody is known by what was shown.</param>
/// <param name="Cause">
/// What failed: password, second_factor, passkey, held_back (too many failures before, nothing was looked at) or may_not_sign_in.
/// </param>
/// <param name="Network">Where from: a /24 of IPv4 or a /64 of IPv6; null for failures from too many to be told one by one.</param>
/// <param name="Count">How often.</param>
/// <param name="FirstAt">When it happened first, UTC.</param>
/// <param name="LastAt">When it happened last, UTC.</param>
public sealed record SignInFailed(string? UserId, string Cause, string? Network, int Count, DateTimeOffset FirstAt, DateTimeOffset LastAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.sign-in-failed.v1";
}
