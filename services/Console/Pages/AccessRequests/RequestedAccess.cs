using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.AccessRequests;

/// <summary>What people ask for after a denial.</summary>
internal sealed class RequestedAccess(HttpClient http)
{
    public sealed record RequestPage([property: System.Text.Json.Serialization.JsonPropertyName("accessRequests")] IReadOnlyList<Request> Requests, string? Next = null);

    public sealed record Request(
        string Id, string SubjectId, string Action, string ResourceType, string ResourceId, string PatientId, string Role, string Approver, DateTimeOffset Until,
        DateTimeOffset DecideBy, string Justification, DateTimeOffset RequestedAt, string Status, string? DecidedBy, DateTimeOffset? DecidedAt, string? Comment);

    /// <summary>What can be asked for after a denial of one's own.</summary>
    public sealed record Offer(
        DateTimeOffset AskUntil, string SubjectId, string Action, string ResourceType, string ResourceId, string Role, string RoleDescription, string Approver, int HoursMax);

    public sealed record Asked(string Id, string Status);

    public Task<Answer<RequestPage>> ListAsync(string? status, bool mine, string? after, CancellationToken cancellation) =>
        http.AskAsync<RequestPage>($"access-requests{Query.Of(("limit", "50"), ("status", status), ("mine", mine ? "true" : null), ("after", after))}", cancellation);

    /// <summary>Those that wait for whoever asks, as many as one answer holds.</summary>
    public Task<Answer<RequestPage>> ListWaitingAsync(CancellationToken cancellation) =>
        http.AskAsync<RequestPage>("access-requests?limit=1000&status=pending&mine=true", cancellation);

    public Task<Answer<Done>> DecideAsync(string id, bool approves, string comment, CancellationToken cancellation) => http.CommandAsync<Done>(
        HttpMethod.Post, $"access-requests/{Uri.EscapeDataString(id)}/{(approves ? "approve" : "deny")}", new { comment }, cancellation);

    public Task<Answer<Offer>> ReadOfferAsync(string evaluation, CancellationToken cancellation) => http.AskAsync<Offer>(PathOf(evaluation), cancellation);

    public Task<Answer<Asked>> AskForAsync(string evaluation, int hours, string justification, CancellationToken cancellation) =>
        http.CommandAsync<Asked>(HttpMethod.Post, $"{PathOf(evaluation)}/request", new { hours, justification }, cancellation);

    private static string PathOf(string evaluation) => $"access-offers/{Uri.EscapeDataString(evaluation)}";
}
