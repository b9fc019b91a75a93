using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.Audit;

/// <summary>What of the trail may be removed, and what was.</summary>
internal sealed class TrailPrunings(HttpClient http)
{
    /// <param name="Minimum">The first entry that there is.</param>
    /// <param name="Prunable">The first entry that would have to stay now.</param>
    /// <param name="Refused">The code of what forbids to remove those before it; null when nothing does.</param>
    public sealed record Overview(long Minimum, long Prunable, IReadOnlyList<Pruning> Prunings, string? Refused = null);

    /// <param name="Minimum">The first entry that stays.</param>
    /// <param name="Leaf">The entry that certifies it.</param>
    public sealed record Pruning(
        Guid Id, string State, long Minimum, string ProposedBy, DateTimeOffset ProposedAt, string? FirstApprover = null,
        string? SecondApprover = null, DateTimeOffset? DecidedAt = null, DateTimeOffset? RecordedAt = null, long? Leaf = null,
        DateTimeOffset? FinishedAt = null);

    public Task<Answer<Overview>> AskAsync(CancellationToken cancellation) => http.AskAsync<Overview>("prunings", cancellation);

    public Task<Answer<Done>> ProposeAsync(string? basis, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, "prunings", new { basis }, cancellation);

    public Task<Answer<Done>> ApproveAsync(Guid id, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, $"prunings/{id}/approve", null, cancellation);

    public Task<Answer<Done>> DenyAsync(Guid id, string? reason, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, $"prunings/{id}/deny", new { reason }, cancellation);
}
