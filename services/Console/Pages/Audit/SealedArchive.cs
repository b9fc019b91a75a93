using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.Audit;

/// <summary>What is sealed and old, which a second person lets one open; and the epochs of the keys that protect what is sealed.</summary>
internal sealed class SealedArchive(HttpClient http)
{
    public sealed record RequestPage(IReadOnlyList<Request> Requests, string? Next = null);

    /// <param name="State">requested, approved or denied.</param>
    public sealed record Request(
        Guid Id, string State, string RequestedBy, DateTimeOffset RequestedAt, IReadOnlyList<long> Sequences, string Reason,
        string? DecidedBy = null, DateTimeOffset? DecidedAt = null)
    {
        private static readonly TimeSpan OpenFor = TimeSpan.FromDays(7);
        private static readonly TimeSpan GoodFor = TimeSpan.FromHours(24);

        /// <summary>Until when somebody may decide.</summary>
        public DateTimeOffset DecideBy => RequestedAt + OpenFor;

        /// <summary>Until when an approval is good.</summary>
        public DateTimeOffset? GoodUntil => State == "approved" ? DecidedAt + GoodFor : null;

        public (string Words, string Mark) InWords(DateTimeOffset now) => State switch
        {
            "requested" => now > DecideBy ? ("waited for too long", "plain") : ("waits for somebody else to decide", "warn"),
            "approved" => now > GoodUntil ? ("was approved, is over", "plain") : ("approved", "good"),
            "denied" => ("denied", "bad"),
            _ => (State, "plain"),
        };
    }

    public sealed record EpochPage(IReadOnlyList<Epoch> Epochs);

    /// <param name="Keys">How many keys it still protects.</param>
    public sealed record Epoch(
        [property: System.Text.Json.Serialization.JsonPropertyName("epoch")] int Number, DateTimeOffset MadeAt,
        DateTimeOffset? RetiredAt = null, DateTimeOffset? DestroyedAt = null, long Keys = 0);

    public Task<Answer<RequestPage>> OfEverybodyAsync(string? after, CancellationToken cancellation) =>
        http.AskAsync<RequestPage>($"unseal-requests{Query.Of(("limit", "50"), ("after", after))}", cancellation);

    public Task<Answer<RequestPage>> MineAsync(string? after, CancellationToken cancellation) =>
        http.AskAsync<RequestPage>($"unseal-requests/mine{Query.Of(("limit", "50"), ("after", after))}", cancellation);

    public Task<Answer<Request>> AskForAsync(IReadOnlyList<long> sequences, string? reason, CancellationToken cancellation) =>
        http.CommandAsync<Request>(HttpMethod.Post, "unseal-requests", new { sequences, reason }, cancellation);

    public Task<Answer<Done>> DecideAsync(string? id, bool approves, CancellationToken cancellation) => http.CommandAsync<Done>(
        HttpMethod.Post, $"unseal-requests/{Uri.EscapeDataString(id ?? "")}/{(approves ? "approve" : "deny")}", null, cancellation);

    public Task<Answer<EpochPage>> EpochsAsync(CancellationToken cancellation) => http.AskAsync<EpochPage>("key-epochs", cancellation);

    public Task<Answer<Done>> BeginEpochAsync(string? reason, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, "key-epochs", new { reason }, cancellation);
}
