using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>
/// Finds the person of an asserted identity: by issuer and subject; else by the id under which they are provisioned in the provider's own
/// organisation, which is linked then; never by an e-mail address. Whoever is not found is introduced where that is configured.
/// </summary>
internal sealed class FederatedPeople(IEventStore store, PersonDirectory directory, PersonCommands people, HomeRealms realms,
    TimeProvider clock)
{
    private const int AttemptsMax = 3;

    /// <summary>Whoever asks at the same moment has taken what this one was to get: then it is there, and found.</summary>
    private static readonly string[] Taken = ["identity_taken", "user_name_taken", "external_id_taken", "changed_meanwhile"];

    /// <param name="Person">Who it is; null when nobody comes in.</param>
    /// <param name="Refusal">Why not.</param>
    public sealed record Answer(string? Person, Refusal? Refusal = null);

    public async Task<Answer> AdmitAsync(HttpContext http, IdentityProviderOptions provider, AssertedIdentity identity)
    {
        Answer answer = new(null, FederationRefusals.MayNot);
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            string? known = await FindAsync(provider, identity, http.RequestAborted);
            answer = await AdmitAsync(http, provider, identity, known);
            if (answer.Refusal is not { } refusal || !Taken.Contains(refusal.Code, StringComparer.Ordinal)
                || await FindAsync(provider, identity, http.RequestAborted) == known)
            {
                return answer;
            }
        }

        return answer;
    }

    private async Task<string?> FindAsync(IdentityProviderOptions provider, AssertedIdentity identity, CancellationToken cancellation)
    {
        if (await directory.FindByIdentityAsync(identity.Issuer, identity.Subject, cancellation) is { } linked)
        {
            return linked.Id;
        }

        return provider.Linking.ExternalIdOf(identity) is { } externalId
            ? (await directory.FindByExternalIdsAsync(provider.Organisation, [externalId], cancellation)).GetValueOrDefault(externalId)?.Id
            : null;
    }

    private async Task<Answer> AdmitAsync(HttpContext http, IdentityProviderOptions provider, AssertedIdentity identity, string? known)
    {
        bool introduces = provider.Provisioning.Mode == ProvisioningMode.JustInTime;
        var command = new AdmitPerson.Command(
            provider.Organisation, new LinkedIdentity(identity.Issuer, identity.Subject), ClaimedProfile.Of(identity, provider.Profile),
            provider.Linking.ExternalIdOf(identity), introduces ? provider.Provisioning.AccountsLast : null,
            provider.Provisioning.RenewAtSignIn);
        Person state = known is null
            ? new Person.Unknown()
            : Person.Streams.Fold(await store.LoadAsync(Person.Streams.StreamId(known), http.RequestAborted));
        if (IntroducedByIt(state)
            && await NotIntroducedAsync(provider, identity, command.Profile.UserName, known is null, http.RequestAborted) is { } refusal)
        {
            return new Answer(null, refusal);
        }

        string id = known ?? CommandRunner.NewId();
        Refusal? refused = await people.RunAsync(
            Caller.Metadata(http) with { Actor = id, Source = $"identity provider {identity.Provider}" }, id,
            person => AdmitPerson.Decide(person, command, clock.GetUtcNow()), http.RequestAborted,
            known is null ? NobodyFormer(command) : null);
        return new Answer(refused is null ? id : null, refused);

        bool IntroducedByIt(Person person) => (person is Person.Unknown && introduces) || person is Person.Provisioned { JustInTime: true };
    }

    /// <summary>Why the provider may not introduce somebody, or say so of them; null when it may.</summary>
    private async Task<Refusal?> NotIntroducedAsync(
        IdentityProviderOptions provider, AssertedIdentity identity, string? userName, bool isNew, CancellationToken cancellation) =>
        provider.Provisioning.InactiveUnless is { } required
            && !identity.Claims[required.Claim].Contains(required.Value, StringComparer.Ordinal)
            ? FederationRefusals.MayNot
            : userName is null
                ? isNew ? FederationRefusals.ClaimsIncomplete : null

                // No organisation takes a name that looks like one of another's people.
                : await realms.IsOfAsync(provider.Organisation, userName, cancellation) ? null : FederationRefusals.NameOfOthers;

    // In the transaction: whoever is deprovisioned at this moment does not come back by another door.
    private static Alongside NobodyFormer(AdmitPerson.Command command) => async (transaction, _, cancellation) =>
    {
        if (await FormerPeople.KnowAsync(
            command.Organisation, command.Identity, command.ExternalId, command.Profile.UserName ?? "", transaction, cancellation))
        {
            throw new RefusedAlongsideException(FederationRefusals.MayNot);
        }
    };
}
