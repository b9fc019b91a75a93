using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.Groups;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tokens;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// How strongly somebody has to have shown who they are: from where they are at this moment, and in the groups that they are in at this
/// moment. Whoever may administer by a group shows two factors always, whatever they came for.
/// </summary>
internal sealed class NeededContexts(
    GroupDirectory groups, ScopesOfPeople scopes, IOptions<SessionLimits> limits, IOptions<AccountSettings> settings)
{
    /// <summary>Whether the request comes from one of the hospital's networks.</summary>
    public bool IsInside(HttpContext http) => limits.Value.IsInside(http);

    /// <param name="http">The request.</param>
    /// <param name="person">Who.</param>
    /// <param name="asked">The weakest that whoever asks will do with; null when any will.</param>
    public async Task<string> OfAsync(HttpContext http, string person, string? asked)
    {
        string needed = asked ?? AuthenticationContexts.SingleFactor;
        return !IsInside(http) || await scopes.AdministersAsync(person, http.RequestAborted)
            || await IsInSecondFactorGroupAsync(http, person)
            ? AuthenticationContexts.Stronger(needed, AuthenticationContexts.MultiFactor)
            : needed;
    }

    private async Task<bool> IsInSecondFactorGroupAsync(HttpContext http, string person) =>
        settings.Value.SecondFactorGroups.Count > 0
        && (await groups.OfPeopleAsync([person], http.RequestAborted))[person]
            .Any(membership => settings.Value.SecondFactorGroups.Contains(membership.Group, StringComparer.Ordinal));
}
