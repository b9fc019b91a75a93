using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.EmergencyAccess;

/// <summary>The emergency access of whoever is signed in.</summary>
internal sealed class OwnEmergencies(HttpClient http)
{
    private const int CasesMax = 1000;

    /// <summary>What somebody says who takes a patient's images; exactly one of patient, study and denial is given.</summary>
    public sealed record Invocation(string? ReasonCode, string? Reason, string? Patient, string? Study, string? Denial, bool Practice);

    /// <param name="Until">Until when it runs; null when it is over already.</param>
    public sealed record Taken(string Id, DateTimeOffset? Until = null);

    public Task<Answer<Taken>> InvokeAsync(Invocation invocation, string? key, CancellationToken cancellation) =>
        http.CommandAsync<Taken>(HttpMethod.Post, "emergency-access", invocation, cancellation, key: key);

    /// <summary>What holds for everybody who takes it.</summary>
    public Task<Answer<EmergencyTerms>> TermsAsync(CancellationToken cancellation) =>
        http.AskAsync<EmergencyTerms>("emergency-access/terms", cancellation);

    public Task<Answer<EmergencyCasePage>> ListAsync(string? after, CancellationToken cancellation) =>
        http.AskAsync<EmergencyCasePage>($"emergency-access{Query.Of(("limit", $"{CasesMax}"), ("after", after))}", cancellation);

    public Task<Answer<EmergencyCase>> ReadAsync(string id, CancellationToken cancellation) =>
        http.AskAsync<EmergencyCase>(PathOf(id), cancellation);

    public Task<Answer<Done>> EndAsync(string id, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, $"{PathOf(id)}/end", null, cancellation);

    public Task<Answer<Done>> ExplainAsync(string id, string? statement, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, $"{PathOf(id)}/explain", new { statement = statement ?? "" }, cancellation);

    private static string PathOf(string id) => $"emergency-access/{Uri.EscapeDataString(id)}";
}
