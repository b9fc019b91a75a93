using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.SignIn;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>What an identity provider says of somebody, after everything that proves it was checked.</summary>
/// <param name="Provider">The name of the provider, as the settings have it.</param>
/// <param name="Issuer">Who it says that it is.</param>
/// <param name="Subject">Who the person is there.</param>
/// <param name="Claims">What else it says of them.</param>
/// <param name="Contexts">In which contexts they have signed in there, as it names them.</param>
/// <param name="AuthenticatedAt">When.</param>
/// <param name="ProviderSession">Its name of its session.</param>
internal sealed record AssertedIdentity(
    string Provider, string Issuer, string Subject, ILookup<string, string> Claims, IReadOnlyList<string> Contexts,
    DateTimeOffset AuthenticatedAt, string? ProviderSession);

/// <summary>
/// Signs in whom an identity provider has vouched for: the person who is linked with that subject of that issuer, and nobody else.
/// </summary>
internal sealed class FederatedSignIn(PersonDirectory people, SessionBeginning beginning)
{
    private static readonly Refusal Unknown = new(
        "sign_in_refused", "You cannot sign in here. Ask the service desk; nothing is wrong with what you typed.");

    public async Task<Step> GoOnAsync(HttpContext http, AssertedIdentity identity, SignInWish wish)
    {
        if (await people.FindByIdentityAsync(identity.Issuer, identity.Subject, http.RequestAborted) is not { } person)
        {
            return new Step(null, Unknown);
        }

        var proof = new Proof([], AuthenticationContexts.SingleFactor, identity.Issuer, identity.ProviderSession);
        return await beginning.SignInAsync(http, person.Id, proof) is { } refusal
            ? new Step(null, refusal)
            : new Step(wish.ReturnUrl ?? AccountPaths.Account);
    }
}
