using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.People;

/// <summary>The roles that somebody was given.</summary>
internal sealed class GivenRoles(HttpClient http)
{
    public sealed record GrantPage(IReadOnlyList<Grant> Grants, string? Next = null);

    public sealed record Grant(
        string Id, string Role, Scope Scope, DateTimeOffset From, DateTimeOffset? Until, bool ReadOnly, string Reason, string? GivenBy,
        string? RevokedBy, DateTimeOffset? RevokedAt, string? RevokedReason);

    /// <summary>Where a grant holds.</summary>
    public sealed record Scope(string Kind, string? Id)
    {
        public string InWords => Kind == "everywhere" ? "everywhere" : $"{Kind} {Id}";
    }

    /// <param name="Kind">everywhere, site, department or patient.</param>
    /// <param name="ScopeId">Of which; null where it holds everywhere.</param>
    /// <param name="Until">When it ends, as text; null for no end.</param>
    public sealed record Wanted(string Person, string Role, string Kind, string? ScopeId, string? Until, bool ReadOnly, string Reason);

    /// <summary>A grant that was given.</summary>
    public sealed record Given(string Id);

    /// <summary>Gives somebody a role; whoever is signed in must have the right.</summary>
    /// <param name="wanted">Which.</param>
    /// <param name="key">Of the form: sent twice, it gives one grant.</param>
    /// <param name="cancellation">When the person has gone.</param>
    public Task<Answer<Given>> GiveAsync(Wanted wanted, string? key, CancellationToken cancellation) => http.CommandAsync<Given>(
        HttpMethod.Post, "grants", new
        {
            subjectId = wanted.Person, wanted.Role, scope = new { wanted.Kind, id = wanted.ScopeId }, wanted.Reason, wanted.Until,
            wanted.ReadOnly,
        }, cancellation, key: key);

    /// <summary>Those that hold now, or those that held or will.</summary>
    public Task<Answer<GrantPage>> OfAsync(string person, bool active, CancellationToken cancellation) =>
        http.AskAsync<GrantPage>(
            $"grants{Query.Of(("subject", person), ("active", active ? "true" : "false"), ("limit", "100"))}", cancellation);
}
