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

    /// <summary>Those that hold now, or those that held or will.</summary>
    public Task<Answer<GrantPage>> OfAsync(string person, bool active, CancellationToken cancellation) =>
        http.AskAsync<GrantPage>(
            $"grants{Query.Of(("subject", person), ("active", active ? "true" : "false"), ("limit", "100"))}", cancellation);
}
