using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.People;

/// <summary>The rules by which IdentityFederation ends sessions.</summary>
internal sealed class SessionRules(HttpClient http)
{
    /// <param name="InsideNetworks">The hospital's networks.</param>
    /// <param name="StrictestCounts">Whether the strictest of several rules holds.</param>
    /// <param name="Rules">All that there are.</param>
    public sealed record Page(IReadOnlyList<string> InsideNetworks, bool StrictestCounts, IReadOnlyList<Rule> Rules);

    /// <param name="Network">inside or outside.</param>
    /// <param name="Group">The group for whose members it is; null for whoever is in none of those groups.</param>
    /// <param name="GroupName">What it is called; null where there is no such group.</param>
    /// <param name="IdleSeconds">How long nothing may happen.</param>
    /// <param name="AbsoluteSeconds">How long a session lasts whatever happens.</param>
    public sealed record Rule(string Network, string? Group, string? GroupName, double IdleSeconds, double AbsoluteSeconds);

    public Task<Answer<Page>> ReadAsync(CancellationToken cancellation) => http.AskAsync<Page>("session-limits", cancellation);
}
