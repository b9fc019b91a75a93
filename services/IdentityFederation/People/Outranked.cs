using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Groups;

namespace AccessGov.IdentityFederation.People;

/// <summary>
/// Nobody takes over the account of somebody who may administer what they themselves may not: giving people something to sign in with would
/// otherwise be giving oneself everything. Programs that act for themselves are trusted with it.
/// </summary>
internal static class Outranked
{
    private static readonly Refusal Refusal = new(
        "person_outranks_you",
        "The person may administer what you may not: somebody who may as much does this, or a program of the service desk.");

    /// <summary>The refusal; null when the caller may go on.</summary>
    /// <param name="http">The request.</param>
    /// <param name="groups">What groups may.</param>
    /// <param name="person">Whose account it is.</param>
    public static async Task<Refusal?> ByAsync(HttpContext http, GroupDirectory groups, string person) =>
        Caller.Person(http) is not null
        && (await groups.ScopesOfAsync(person, http.RequestAborted))
            .Except(http.User.FindAll("scope").Select(claim => claim.Value), StringComparer.Ordinal).Any()
            ? Refusal
            : null;
}
