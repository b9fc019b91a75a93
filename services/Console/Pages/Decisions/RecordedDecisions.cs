using System.Text.Json;
using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.Decisions;

/// <summary>The decision journal, and explanations of what is in it.</summary>
internal sealed class RecordedDecisions(HttpClient http)
{
    /// <summary>What is searched for; what is empty does not matter.</summary>
    public sealed record Search(string? From, string? To, string? Subject, string? Patient, string? Study, string? Outcome, string? Reason)
    {
        public string ToQuery(string? after) => Query.Of(
            ("from", Instant(From)), ("to", Instant(To)), ("subject", Subject), ("patient", Patient), ("study", Study), ("outcome", Outcome), ("reason", Reason), ("after", after));

        // A browser sends 2026-11-26T18:30 for what the page calls UTC.
        private static string? Instant(string? given) => given is { Length: 16 } ? $"{given}Z" : given;
    }

    public sealed record DecisionPage(IReadOnlyList<Decision> Decisions, string? Next = null, long Spooled = 0);

    public sealed record Decision(
        string? EvaluationId, DateTimeOffset? At, string? Client, Entity? Subject, string? Action, Entity? Resource, bool Permitted, string? Reason,
        IReadOnlyList<string>? Policies, IReadOnlyList<Obligation>? Obligations, string? Patient, string? Study, string? SourceIp, string? PolicySet, long? FactsPosition,
        long? DurationMicroseconds, JsonElement? Context, JsonElement? Request, JournalPlace Journal, bool Withdrawn = false, bool Damaged = false);

    public sealed record Entity(string Type, string Id);

    public sealed record Obligation(string Id, string Type, bool ReceiptRequired);

    public sealed record JournalPlace(string Writer, long Sequence, int Ordinal, string Hash);

    public sealed record Explained(
        bool Decision, string Reason, IReadOnlyDictionary<string, string> ReasonUser, IReadOnlyDictionary<string, string> ReasonAdmin, bool Redacted, Recorded? Recorded,
        Explanation? Explanation);

    public sealed record Recorded(bool SamePolicies, bool SameFacts, bool SameDecision);

    public Task<Answer<DecisionPage>> FindAsync(Search search, string? after, CancellationToken cancellation) =>
        http.AskAsync<DecisionPage>($"decisions{search.ToQuery(after)}", cancellation);

    public Task<Answer<Decision>> ReadAsync(string id, CancellationToken cancellation) => http.AskAsync<Decision>($"decisions/{Uri.EscapeDataString(id)}", cancellation);

    /// <summary>That somebody asked is recorded, so it is a command.</summary>
    public Task<Answer<Explained>> ExplainAsync(string id, CancellationToken cancellation) =>
        http.CommandAsync<Explained>(HttpMethod.Post, "explain", new { evaluation_id = id }, cancellation);
}
