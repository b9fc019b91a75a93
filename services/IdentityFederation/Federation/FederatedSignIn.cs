using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.SignIn;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>
/// What happens after an identity provider has said who somebody is, by whatever protocol: from here on they sign in as everybody does.
/// </summary>
internal sealed class FederatedSignIn(
    IOptions<IdentityProvidersOptions> providers, FederatedPeople people, ClaimedGroups groups, LocalSignIn local, ICommandReach reach,
    ILogger<FederatedSignIn> logger)
{
    private const string Method = "federated";

    public async Task<Step> GoOnAsync(HttpContext http, AssertedIdentity identity, SignInWish wish)
    {
        if (!providers.Value.TryGetValue(identity.Provider, out IdentityProviderOptions? provider))
        {
            return new Step(null, FederationRefusals.ProviderUnknown);
        }

        (string? person, Refusal? refusal) = await AdmitAsync(http, provider, identity);
        if (refusal is not null)
        {
            FederationLog.Refused(logger, identity.Provider, refusal.Code);
            return new Step(null, refusal);
        }

        var vouched = new Vouched(identity.Issuer, identity.ProviderSession, identity.AuthenticatedAt, identity.Statement);
        return await local.GoOnAsync(http, person!, MethodsOf(provider.ContextOf(identity.Contexts)), wish, vouched);
    }

    private async Task<(string? Person, Refusal? Refusal)> AdmitAsync(HttpContext http, IdentityProviderOptions provider,
        AssertedIdentity identity)
    {
        if (reach.Refused is { } notNow)
        {
            return (null, notNow);
        }

        try
        {
            FederatedPeople.Answer admitted = await people.AdmitAsync(http, provider, identity);
            return admitted is { Person: { } person, Refusal: null }
                ? (person, await groups.FollowAsync(http, provider, identity, person))
                : (null, admitted.Refusal);
        }
        catch (Exception e) when (CommandRunner.NotWritten(e) is { } refusal)
        {
            return (null, refusal);
        }
    }

    // What the provider's word amounts to here, so that a second factor that is shown here adds to it.
    private static string[] MethodsOf(string context) => context switch
    {
        AuthenticationContexts.PhishingResistant => [Method, "mfa", "phr"],
        AuthenticationContexts.MultiFactor => [Method, "mfa"],
        _ => [Method],
    };
}
