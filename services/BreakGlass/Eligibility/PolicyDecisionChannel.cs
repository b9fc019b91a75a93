using AccessGov.Client;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Eligibility;

/// <summary>The connections to PolicyDecision with this service's own token, which all who ask it share. Thread-safe.</summary>
internal sealed class PolicyDecisionChannel(IOptions<BreakGlassOptions> options, TimeProvider clock) : IDisposable
{
    private readonly ClientCredentials handler = new(options.Value.Client, clock)
    {
        InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) },
    };

    /// <param name="patience">How long an answer may take.</param>
    public HttpClient Client(TimeSpan patience) =>
        new(handler, disposeHandler: false) { BaseAddress = options.Value.PolicyDecisionUrl, Timeout = patience };

    public void Dispose() => handler.Dispose();
}
