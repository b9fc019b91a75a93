using AccessGov.Console.Pages.EmergencyAccess;
using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>The edges that let people in while AccessGov cannot be asked, and what they alarmed of.</summary>
internal sealed class EdgesOfArchives(HttpClient http)
{
    public sealed record All(IReadOnlyList<Edge> Edges, IReadOnlyList<Alarm> Alarms);

    /// <param name="Merged">How many lines of its journal BreakGlass has.</param>
    /// <param name="Silent">Whether it was silent for too long.</param>
    /// <param name="Waiting">Whether its journal has waited for too long.</param>
    /// <param name="HeardAt">When it was heard last; null when it never was.</param>
    /// <param name="Lines">How many lines its journal has, as it said; null when it did not say.</param>
    public sealed record Edge(
        [property: System.Text.Json.Serialization.JsonPropertyName("edge")] string Name, long Merged, bool Silent, bool Waiting,
        DateTimeOffset? HeardAt = null, long? Lines = null);

    /// <param name="SettledAt">When somebody had looked; null while nobody has.</param>
    public sealed record Alarm(
        string Edge, string Day, string Code, DateTimeOffset RaisedAt, DateTimeOffset? SettledAt = null, string? SettledBy = null,
        string? Findings = null);

    /// <param name="Raised">How often it was raised: whoever says that they have looked means as many.</param>
    public sealed record OpenAlarm(string Code, long Raised);

    /// <param name="Code">Why.</param>
    /// <param name="Times">How often on that day.</param>
    public sealed record Refused(string Code, long Times);

    /// <param name="Open">The alarms that nobody has looked at.</param>
    /// <param name="Refused">What the edge refused in all; the history has the latest of it.</param>
    public sealed record Told(
        string Edge, string Day, IReadOnlyList<OpenAlarm> Open, IReadOnlyList<EmergencyStep> History, IReadOnlyList<Refused> Refused);

    public Task<Answer<All>> ListAsync(CancellationToken cancellation) => http.AskAsync<All>("emergency-edges", cancellation);

    public Task<Answer<Told>> ReadAsync(string edge, string day, CancellationToken cancellation) =>
        http.AskAsync<Told>(PathOf(edge, day), cancellation);

    public Task<Answer<Done>> SettleAsync(string edge, string day, string code, string findings, long raised, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, $"{PathOf(edge, day)}/settle", new { code, findings, raised }, cancellation);

    private static string PathOf(string edge, string day) =>
        $"emergency-edges/{Uri.EscapeDataString(edge)}/days/{Uri.EscapeDataString(day)}";
}
