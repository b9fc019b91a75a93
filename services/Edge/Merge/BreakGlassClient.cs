using System.Net.Http.Json;
using System.Text.Json;
using AccessGov.Client;
using AccessGov.Edge.Journal;
using AccessGov.EmergencyCapabilities;
using Microsoft.Extensions.Options;

namespace AccessGov.Edge.Merge;

/// <summary>BreakGlass did not take lines.</summary>
/// <param name="Code">Its code, or what happened.</param>
/// <param name="Expected">The line that it waits for; null when it did not say.</param>
internal sealed record MergeProblem(string Code, long? Expected);

/// <summary>What BreakGlass says after a merge.</summary>
/// <param name="Through">The last line that it has.</param>
/// <param name="Ended">What is over for AccessGov, though its time has not run out.</param>
internal sealed record MergeAnswer(long Through, IReadOnlyList<string> Ended);

/// <summary>Asks and tells BreakGlass as this edge's client. Thread-safe.</summary>
internal sealed class BreakGlassClient : IDisposable
{
    private readonly string edge;
    private readonly EdgeClock clock;
    private readonly TimeProvider time;

    public BreakGlassClient(IOptions<EdgeOptions> options, TimeProvider time, EdgeClock clock)
    {
        (edge, this.clock, this.time) = (options.Value.Name, clock, time);
        Http = new HttpClient(new ClientCredentials(options.Value.Client, time)
        {
            InnerHandler = new SocketsHttpHandler
            {
                PooledConnectionLifetime = TimeSpan.FromMinutes(2), ConnectTimeout = TimeSpan.FromSeconds(3),
            },
        })
        {
            BaseAddress = new Uri(options.Value.BreakGlassUrl!.AbsoluteUri.TrimEnd('/') + "/"), Timeout = TimeSpan.FromSeconds(15),
        };
    }

    /// <summary>The connection with this edge's token.</summary>
    public HttpClient Http { get; }

    /// <summary>The keys (a JWKS), and what was taken back. BreakGlass hears meanwhile how long the journal is.</summary>
    /// <param name="lines">How many lines it has.</param>
    /// <param name="cancellation">Ends the asking.</param>
    public async Task<(string Keys, IReadOnlyList<string> Revoked)> NewsAsync(long lines, CancellationToken cancellation)
    {
        using HttpResponseMessage keys = await Http.GetAsync(".well-known/emergency-capabilities/jwks.json", cancellation);
        (DateTimeOffset asked, long askedAt) = (clock.Now, time.GetTimestamp());
        using HttpResponseMessage revoked = await Http.GetAsync($"emergency-capabilities/revoked?edge={edge}&lines={lines}", cancellation);
        string known = await keys.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellation);
        JsonElement list = await revoked.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellation);
        if (revoked.Headers.Date is { } theirs)
        {
            clock.Compare(theirs, asked, askedAt);
        }

        return (known, [.. list.GetProperty("revoked").EnumerateArray().Select(id => id.GetString()!)]);
    }

    /// <summary>Hands over lines; none asks only what has ended.</summary>
    public async Task<(MergeAnswer? Answer, MergeProblem? Problem)> MergeAsync(
        long from, IReadOnlyList<string> lines, CancellationToken cancellation)
    {
        using HttpResponseMessage response =
            await Http.PostAsJsonAsync($"edge-journals/{edge}/lines", new { from, lines }, cancellation);
        if (response.IsSuccessStatusCode)
        {
            return (await response.Content.ReadFromJsonAsync<MergeAnswer>(cancellation), null);
        }

        return (null, await ProblemAsync(response, cancellation));
    }

    /// <summary>Says that the journal is not to be believed from a line on; answers what is wrong when that is not taken.</summary>
    public async Task<MergeProblem?> TellBrokenAsync(JournalDamage damage, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await Http.PostAsJsonAsync(
            $"edge-journals/{edge}/broken", new { at = damage.Line, reason = damage.Reason }, cancellation);
        return response.IsSuccessStatusCode ? null : await ProblemAsync(response, cancellation);
    }

    private static async Task<MergeProblem> ProblemAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        AnsweredProblem? problem = await AnsweredProblem.ReadAsync(response, cancellation);
        return new MergeProblem(problem?.Code ?? $"answered_{(int)response.StatusCode}", problem?.Number("expected"));
    }

    public void Dispose() => Http.Dispose();
}
