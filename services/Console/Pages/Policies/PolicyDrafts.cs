using AccessGov.Console.Pages.Decisions;
using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.Policies;

/// <summary>The drafts of policy sets, and what can be done with them.</summary>
internal sealed class PolicyDrafts(HttpClient http)
{
    public sealed record DraftPage(IReadOnlyList<DraftItem> Drafts, string? Next = null);

    public sealed record DraftItem(
        string Id, string PolicySet, string State, int BaseVersion, string Comment, string WrittenBy, DateTimeOffset WrittenAt, bool? CheckPassed, string? ApprovedBy,
        int? PublishedVersion);

    public sealed record Draft(
        string Id, string PolicySet, string State, int BaseVersion, string Hash, string Comment, int? PublishedVersion, IReadOnlyList<Writing> Texts, Check? Check,
        bool ImpactMissing, Approval? Approval, IReadOnlyList<PolicyFile> Files)
    {
        public bool IsOpen => State == "open";

        /// <summary>Whether somebody else could approve this text now.</summary>
        public bool CanBeApproved => IsOpen && Check is { Passed: true } && !ImpactMissing;

        /// <summary>What the last check of this text found, the errors first.</summary>
        public IEnumerable<(Finding Finding, bool IsError)> Findings =>
            (Check?.Errors ?? []).Select(finding => (finding, true)).Concat((Check?.Warnings ?? []).Select(finding => (finding, false)));
    }

    public sealed record Writing(string By, DateTimeOffset At, string Hash);

    public sealed record Check(
        bool Passed, int Cases, int ErrorCount, int WarningCount, IReadOnlyList<Finding> Errors, IReadOnlyList<Finding> Warnings, DateTimeOffset At);

    public sealed record Approval(string By, DateTimeOffset At);

    public sealed record Created(string Id);

    /// <summary>How far an assessment is, or what it found.</summary>
    public sealed record Impact(string State, long? Done, long? Total, string? Failure, bool? OfPresentText, DateTimeOffset? At, ImpactReport? Report);

    public sealed record ImpactReport(
        DateTimeOffset From, DateTimeOffset To, double Sample, long Decisions, long NotByPolicies, long NotReproduced, int UnreadableBatches, long AllowToDeny,
        long DenyToAllow, IReadOnlyList<ImpactGroup> Groups);

    public sealed record ImpactGroup(
        string Change, string Role, string Department, string Policy, long Count, IReadOnlyList<Guid> Examples, Explanation? Explanation);

    public Task<Answer<DraftPage>> ListAsync(string? state, string? after, CancellationToken cancellation) =>
        http.AskAsync<DraftPage>($"policy-drafts{Query.Of(("limit", "50"), ("state", state), ("after", after))}", cancellation);

    /// <summary>Those that are open, as many as one answer holds.</summary>
    public Task<Answer<DraftPage>> ListOpenAsync(CancellationToken cancellation) =>
        http.AskAsync<DraftPage>("policy-drafts?limit=1000&state=open", cancellation);

    public Task<Answer<Draft>> ReadAsync(string id, CancellationToken cancellation) => http.AskAsync<Draft>(PathOf(id), cancellation);

    public Task<Answer<Created>> WriteAsync(string policySet, IReadOnlyList<PolicyFile> files, string comment, string? key, CancellationToken cancellation) =>
        http.CommandAsync<Created>(HttpMethod.Post, "policy-drafts", new { policySet, files = Sent(files), comment }, cancellation, key: key);

    public Task<Answer<Done>> RewriteAsync(
        string id, IReadOnlyList<PolicyFile> files, string comment, int? baseVersion, string? version, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Put, PathOf(id), new { files = Sent(files), comment, baseVersion }, cancellation, version);

    public Task<Answer<Done>> CheckAsync(string id, CancellationToken cancellation) => PostAsync(id, "check", null, cancellation);

    public Task<Answer<Done>> ApproveAsync(string id, string hash, CancellationToken cancellation) => PostAsync(id, "approve", new { hash }, cancellation);

    public Task<Answer<Done>> PublishAsync(string id, CancellationToken cancellation) => PostAsync(id, "publish", null, cancellation);

    public Task<Answer<Done>> AbandonAsync(string id, string reason, CancellationToken cancellation) => PostAsync(id, "abandon", new { reason }, cancellation);

    public Task<Answer<Done>> AssessAsync(string id, DateTimeOffset? from, DateTimeOffset? to, double sample, CancellationToken cancellation) =>
        PostAsync(id, "impact", new { from, to, sample }, cancellation);

    public Task<Answer<Impact>> ReadImpactAsync(string id, CancellationToken cancellation) => http.AskAsync<Impact>($"{PathOf(id)}/impact", cancellation);

    private Task<Answer<Done>> PostAsync(string id, string what, object? body, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, $"{PathOf(id)}/{what}", body, cancellation);

    private static IEnumerable<object> Sent(IEnumerable<PolicyFile> files) => files.Select(file => new { file.Name, file.Text });

    private static string PathOf(string id) => $"policy-drafts/{Uri.EscapeDataString(id)}";
}
