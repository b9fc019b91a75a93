using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AccessGov.IdentityFederation.Federation.OpenIdConnect;

/// <summary>
/// What identity providers say about themselves (OpenID Connect Discovery), and their keys: read when somebody first signs in there, read
/// again after an hour, and when a token is signed with a key that is not known. While a provider is away, what it said last counts for a
/// day. Thread-safe.
/// </summary>
internal sealed class ProviderMetadata(IOptions<IdentityProvidersOptions> providers, ProviderHttp http, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan GoodFor = TimeSpan.FromDays(1);

    // Whoever sends tokens with made-up keys makes us ask no oftener.
    private static readonly TimeSpan BetweenReads = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim reading = new(1, 1);

    private sealed record Known(OpenIdConnectConfiguration Configuration, DateTimeOffset ReadAt);

    /// <exception cref="ProviderUnavailableException">The provider does not answer, or with something that cannot be used.</exception>
    public Task<OpenIdConnectConfiguration> FindAsync(string provider, CancellationToken cancellation) => FindAsync(provider, FreshFor, cancellation);

    /// <summary>What it says now, because its keys may be others than a while ago.</summary>
    /// <exception cref="ProviderUnavailableException">The provider does not answer, or with something that cannot be used.</exception>
    public Task<OpenIdConnectConfiguration> FindAnewAsync(string provider, CancellationToken cancellation) => FindAsync(provider, BetweenReads, cancellation);

    public void Dispose() => reading.Dispose();

    private async Task<OpenIdConnectConfiguration> FindAsync(string provider, TimeSpan ageMax, CancellationToken cancellation)
    {
        if (IsYounger(ageMax) is { } found)
        {
            return found;
        }

        await reading.WaitAsync(cancellation);
        try
        {
            if (IsYounger(ageMax) is { } readMeanwhile)
            {
                return readMeanwhile;
            }

            OpenIdConnectConfiguration read = await ReadAsync(provider, cancellation);
            known[provider] = new Known(read, clock.GetUtcNow());
            return read;
        }
        catch (ProviderUnavailableException) when (IsYounger(GoodFor) is not null)
        {
            return known[provider].Configuration;
        }
        finally
        {
            reading.Release();
        }

        OpenIdConnectConfiguration? IsYounger(TimeSpan age) =>
            known.TryGetValue(provider, out Known? one) && clock.GetUtcNow() - one.ReadAt < age ? one.Configuration : null;
    }

    private async Task<OpenIdConnectConfiguration> ReadAsync(string provider, CancellationToken cancellation)
    {
        OpenIdConnectSettings settings = providers.Value[provider].OpenIdConnect!;
        string authority = settings.Authority!.OriginalString;
        OpenIdConnectConfiguration read = await http.AskAsync(settings, client => OpenIdConnectConfigurationRetriever.GetAsync(
            $"{authority.TrimEnd('/')}/.well-known/openid-configuration", new Documents(client), cancellation), cancellation);
        string? fault =
            !string.Equals(read.Issuer, authority, StringComparison.Ordinal) ? "it says that it is another issuer"
            : !IsAddress(read.AuthorizationEndpoint) || !IsAddress(read.TokenEndpoint) ? "its endpoints are missing, or not reached by https"
            : settings.ClaimsFromUserInfo && !IsAddress(read.UserInfoEndpoint) ? "it has no user info endpoint"
            : read.SigningKeys.Count == 0 ? "it shows no keys"
            : null;
        return fault is null ? read : throw new ProviderUnavailableException(fault, null);
    }

    private static bool IsAddress(string? text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    private sealed class Documents(HttpClient client) : IDocumentRetriever
    {
        public async Task<string> GetDocumentAsync(string address, CancellationToken cancel) => IsAddress(address)
            ? await client.GetStringAsync(new Uri(address), cancel)
            : throw new JsonException("Its keys are not reached by https.");
    }
}

/// <summary>An identity provider does not answer, or with something that cannot be used.</summary>
internal sealed class ProviderUnavailableException(string reason, Exception? cause) : Exception(reason, cause);
