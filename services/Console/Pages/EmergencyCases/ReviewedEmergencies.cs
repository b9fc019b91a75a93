using AccessGov.Console.Pages.EmergencyAccess;
using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>The emergency access of everybody, for whoever reviews it.</summary>
internal sealed class ReviewedEmergencies(HttpClient http)
{
    private const int AtOnce = 100;
    private const int CountedMax = 1000;

    /// <param name="Late">How many nobody could be told in time, of all cases.</param>
    public sealed record AlertPage(long Late, IReadOnlyList<Alert> Alerts);

    /// <param name="Failed">The channels that did not take it.</param>
    /// <param name="DeliveredAt">When a channel took it; null while none has.</param>
    public sealed record Alert(
        Guid Id, string Kind, string Audience, DateTimeOffset At, IReadOnlyList<string> Failed, string? Channel = null,
        DateTimeOffset? DeliveredAt = null);

    public Task<Answer<EmergencyCasePage>> ListAsync(string? state, string? person, string? after, CancellationToken cancellation) =>
        http.AskAsync<EmergencyCasePage>(
            $"emergency-cases{Query.Of(("limit", $"{AtOnce}"), ("state", state), ("person", person), ("after", after))}", cancellation);

    /// <summary>Those in a state, as many as one answer holds.</summary>
    public Task<Answer<EmergencyCasePage>> ListAllAsync(string state, CancellationToken cancellation) =>
        http.AskAsync<EmergencyCasePage>($"emergency-cases{Query.Of(("limit", $"{CountedMax}"), ("state", state))}", cancellation);

    public Task<Answer<EmergencyCase>> ReadAsync(string id, CancellationToken cancellation) =>
        http.AskAsync<EmergencyCase>(PathOf(id), cancellation);

    /// <summary>What it is judged by.</summary>
    public Task<Answer<CaseEvidence>> EvidenceAsync(string id, CancellationToken cancellation) =>
        http.AskAsync<CaseEvidence>($"{PathOf(id)}/evidence", cancellation);

    public Task<Answer<AlertPage>> AlertsAsync(string id, CancellationToken cancellation) =>
        http.AskAsync<AlertPage>($"emergency-alerts{Query.Of(("caseId", id))}", cancellation);

    public Task<Answer<Done>> TakeAsync(string id, CancellationToken cancellation) => CommandAsync(id, "take", null, cancellation);

    public Task<Answer<Done>> ReviewAsync(string id, string verdict, string findings, CancellationToken cancellation) =>
        CommandAsync(id, "review", new { verdict, findings }, cancellation);

    public Task<Answer<Done>> CloseFollowUpAsync(string id, string outcome, CancellationToken cancellation) =>
        CommandAsync(id, "follow-up/close", new { outcome }, cancellation);

    public Task<Answer<Done>> TerminateAsync(string id, string reason, CancellationToken cancellation) =>
        CommandAsync(id, "terminate", new { reason }, cancellation);

    public Task<Answer<EmergencyStatistics>> CountAsync(string? from, string? to, CancellationToken cancellation) =>
        http.AskAsync<EmergencyStatistics>($"emergency-cases/statistics{Query.Of(("from", from), ("to", to))}", cancellation);

    public Task<Answer<EmergencyLessons>> LearnAsync(string? from, string? to, CancellationToken cancellation) =>
        http.AskAsync<EmergencyLessons>($"emergency-cases/lessons{Query.Of(("from", from), ("to", to))}", cancellation);

    /// <summary>Takes a lesson to PolicyDecision as a draft.</summary>
    public Task<Answer<EmergencyLessons.Written>> ProposeAsync(
        string role, string department, string? from, string? to, string? key, CancellationToken cancellation) =>
        http.CommandAsync<EmergencyLessons.Written>(
            HttpMethod.Post, "emergency-cases/lessons/propose", new { role, department, from, to }, cancellation, key: key);

    private Task<Answer<Done>> CommandAsync(string id, string command, object? body, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, $"{PathOf(id)}/{command}", body, cancellation);

    private static string PathOf(string id) => $"emergency-cases/{Uri.EscapeDataString(id)}";
}
