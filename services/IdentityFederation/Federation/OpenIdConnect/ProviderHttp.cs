using System.Text.Json;

namespace AccessGov.IdentityFederation.Federation.OpenIdConnect;

/// <summary>
/// Speaks to identity providers: to the addresses that they name and no others, for a while, and reads no more than an answer can hold.
/// </summary>
internal sealed class ProviderHttp : IDisposable
{
    private const int AnswerBytesMax = 1024 * 1024;

    // A redirect would take a secret or a code to an address that nobody named.
    private readonly HttpClient client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(5),
    }) { MaxResponseContentBufferSize = AnswerBytesMax, Timeout = Timeout.InfiniteTimeSpan };

    /// <exception cref="ProviderUnavailableException">It does not answer in time, or with something that cannot be read.</exception>
    public async Task<T> AskAsync<T>(
        OpenIdConnectSettings settings, Func<HttpClient, CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(settings.Timeout);
        try
        {
            return await ask(client, bound.Token);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && CauseOf(e) is { } cause)
        {
            throw new ProviderUnavailableException(cause, e);
        }
    }

    public void Dispose() => client.Dispose();

    private static string? CauseOf(Exception failure) => failure switch
    {
        HttpRequestException { StatusCode: { } status } => $"status {(int)status}",
        HttpRequestException failed => $"{failed.HttpRequestError}",
        OperationCanceledException => "no answer in time",
        JsonException or ArgumentException or FormatException => "its answer cannot be read",
        IOException => "its answer breaks off",
        _ => null,
    };
}
