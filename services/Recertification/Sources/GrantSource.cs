using System.Text.Json.Serialization;

namespace AccessGov.Recertification.Sources;

/// <summary>A grant as PolicyDecision tells it to whoever gathers for reviews; see its README.</summary>
internal sealed record FoundGrant(
    string Id, string SubjectId, string Role, string RoleDescription, FoundScope Scope, DateTimeOffset From, bool ReadOnly, string Source,
    string Reason, DateTimeOffset GivenAt, IReadOnlyList<string> Actions, IReadOnlyList<string> Lost, IReadOnlyList<FoundUse> Use,
    DateTimeOffset UsedSince, int Holders, IReadOnlyList<string> Conflicts, int Emergencies, DateTimeOffset? Until = null,
    string? GivenBy = null);

/// <summary>Where a grant holds.</summary>
internal sealed record FoundScope(string Kind, string? Id = null);

/// <summary>What was done of what a grant gives.</summary>
internal sealed record FoundUse(string Action, int Times, int Studies, DateTimeOffset Last);

/// <summary>A page of grants.</summary>
internal sealed record GrantPage([property: JsonRequired] IReadOnlyList<FoundGrant> Grants, string? Next = null);

/// <summary>Asks PolicyDecision for the grants that are to be reviewed. Thread-safe.</summary>
internal sealed class GrantSource(HttpClient http)
{
    private const int PageMax = 1_000;

    /// <param name="person">Whose; null for everybody's.</param>
    /// <param name="after">The last grant of the page before.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SourceUnavailableException">PolicyDecision cannot be asked.</exception>
    public Task<GrantPage> PageAsync(string? person, string? after, CancellationToken cancellation) => SourceAnswer.GetAsync<GrantPage>(
        http, "PolicyDecision",
        SourceAnswer.PagePath("/reviewable-grants", PageMax, after) + (person is null ? "" : $"&subject={Uri.EscapeDataString(person)}"), cancellation);
}
