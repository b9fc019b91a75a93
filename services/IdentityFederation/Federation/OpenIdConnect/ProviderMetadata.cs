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

    // One for each provider: one that is slow holds nobody up who goes to another.
    private readonly Dictionary<string, SemaphoreSlim> reading =
        providers.Value.Keys.ToDictionary(name => name, _ => new SemaphoreSlim(1, 1), StringComparer.Ordinal);

    /// <param name="Configuration">What the provider said.</param>
    /// <param name="ReadAt">When.</param>
    /// <param name="TriedAt">When it was last asked, in vain perhaps.</param>
    private sealed record Known(OpenIdConnectConfiguration Configuration, DateTimeOffset ReadAt, DateTimeOffset TriedAt);

    /// <exception cref="ProviderUnavailableException">The provider does not answer, or with something that cannot be used.</exception>
    public Task<OpenIdConnectConfiguration> FindAsync(string provider, CancellationToken cancellation) =>
        FindAsync(provider, FreshFor, cancellation);

    /// <summary>What it says now, because its keys may be others than a while ago.</summary>
    /// <exception cref="ProviderUnavailableException">The provider does not answer, or with something that cannot be used.</exception>
    public Task<OpenIdConnectConfiguration> FindAnewAsync(string provider, CancellationToken cancellation) =>
        FindAsync(provider, BetweenReads, cancellation);

    public void Dispose()
    {
        foreach (SemaphoreSlim one in reading.Values)
        {
            one.Dispose();
        }
    }

    private async Task<OpenIdConnectConfiguration> FindAsync(string provider, TimeSpan ageMax, CancellationToken cancellation)
    {
        if (GoodOf(provider, ageMax) is { } found)
        {
            return found;
        }

        SemaphoreSlim turn = reading[provider];
        await turn.WaitAsync(cancellation);
        try
        {
            if (GoodOf(provider, ageMax) is { } readMeanwhile)
            {
                return readMeanwhile;
            }

            OpenIdConnectConfiguration read = await ReadAsync(provider, cancellation);
            known[provider] = new Known(read, clock.GetUtcNow(), clock.GetUtcNow());
            return read;
        }
        catch (ProviderUnavailableException) when (known.TryGetValue(provider, out Known? one) && clock.GetUtcNow() - one.ReadAt < GoodFor)
        {
            known[provider] = one with { TriedAt = clock.GetUtcNow() };
            return one.Configuration;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>What is known, if it is young enough, or the provider was asked in vain a moment ago.</summary>
    private OpenIdConnectConfiguration? GoodOf(string provider, TimeSpan ageMax)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return known.TryGetValue(provider, out Known? one)
            && (now - one.ReadAt < ageMax || (now - one.TriedAt < BetweenReads && now - one.ReadAt < GoodFor))
            ? one.Configuration
            : null;
    }

    private async Task<OpenIdConnectConfiguration> ReadAsync(string provider, CancellationToken cancellation)
    {
        OpenIdConnectSettings settings = providers.Value[provider].OpenIdConnect!;
        string authority = settings.Authority!.OriginalString;
        OpenIdConnectConfiguration read = await http.AskAsync(settings, (client, ending) => OpenIdConnectConfigurationRetriever.GetAsync(
            $"{authority.TrimEnd('/')}/.well-known/openid-configuration", new Documents(client), ending), cancellation);
        string? fault =
            !string.Equals(read.Issuer, authority, StringComparison.Ordinal) ? "it says that it is another issuer"
            : !IsAddress(read.AuthorizationEndpoint) || !IsAddress(read.TokenEndpoint)
                ? "its endpoints are missing, or not reached by https"
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
