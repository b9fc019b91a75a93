using AccessGov.IdentityFederation.Groups;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// What people may do with programs that act for them: what everybody may, and, for whoever has shown two factors, what their groups may.
/// A program gets no more of it than it may ask for itself.
/// </summary>
internal sealed class ScopesOfPeople(GroupDirectory groups, IOptions<IdentityFederationOptions> options)
{
    private static readonly string[] Usual = ["images.open", "access-requests.ask", "emergency-access.invoke", "reviews.decide", "sessions.own"];
    private readonly HashSet<string> everybody = [.. options.Value.ScopesOfEverybody ?? Usual, .. OpenIdScopes.All];

    /// <summary>The scopes that everybody may have: whoever has another one by a group administers.</summary>
    public IReadOnlyCollection<string> OfEverybody => everybody;

    /// <summary>Those of the scopes that somebody gets.</summary>
    /// <param name="asked">What is asked for.</param>
    /// <param name="byGroups">What their groups may.</param>
    /// <param name="context">What they have shown.</param>
    public string[] Given(IEnumerable<string> asked, IReadOnlyList<string> byGroups, string context)
    {
        bool strong = AuthenticationContexts.Satisfies(context, AuthenticationContexts.MultiFactor);
        return [.. asked.Where(scope => everybody.Contains(scope) || (strong && byGroups.Contains(scope, StringComparer.Ordinal)))];
    }

    /// <summary>Whether somebody may by a group what not everybody may: theirs is an administrative account.</summary>
    public async Task<bool> AdministersAsync(string person, CancellationToken cancellation) =>
        (await groups.ScopesOfAsync(person, cancellation)).Any(scope => !everybody.Contains(scope));

    /// <summary>Whether somebody would get more of what is asked for if they showed two factors.</summary>
    public async Task<bool> WantMoreFactorsAsync(string person, IReadOnlyList<string> asked, CancellationToken cancellation) =>
        !asked.All(everybody.Contains)
        && (await groups.ScopesOfAsync(person, cancellation)).Intersect(asked, StringComparer.Ordinal)
            .Any(scope => !everybody.Contains(scope));
}
