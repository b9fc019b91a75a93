namespace AccessGov.Client;

/// <summary>
/// The connections of a service to the services that it asks, with its own token, which all who ask share. Connections are made anew every two
/// minutes, so that a name may move. Thread-safe.
/// </summary>
/// <param name="settings">As whom, and where tokens come from.</param>
/// <param name="clock">Tells when a token has ended.</param>
public sealed class ClientChannel(ClientCredentialsSettings settings, TimeProvider clock) : IDisposable
{
    private readonly ClientCredentials handler = new(settings, clock)
    {
        InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) },
    };

    /// <summary>A client of one service; it may be disposed of without ending what is shared.</summary>
    /// <param name="service">Where the service answers.</param>
    /// <param name="patience">How long an answer may take.</param>
    public HttpClient To(Uri service, TimeSpan patience) => new(handler, disposeHandler: false) { BaseAddress = service, Timeout = patience };

    /// <summary>Ends the connections.</summary>
    public void Dispose() => handler.Dispose();
}
