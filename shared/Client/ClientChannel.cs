using AccessGov.Client;
using Microsoft.Extensions.Options;

namespace AccessGov.Recertification.Sources;

/// <summary>The connections to the services that are asked, with this service's own token, which all share. Thread-safe.</summary>
internal sealed class SourcesChannel(IOptions<RecertificationOptions> options, TimeProvider clock) : IDisposable
{
    private readonly ClientCredentials handler = new(options.Value.Client, clock)
    {
        InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) },
    };

    /// <param name="service">Where it answers.</param>
    /// <param name="patience">How long an answer may take.</param>
    public HttpClient Client(Uri service, TimeSpan patience) =>
        new(handler, disposeHandler: false) { BaseAddress = service, Timeout = patience };

    public void Dispose() => handler.Dispose();
}
