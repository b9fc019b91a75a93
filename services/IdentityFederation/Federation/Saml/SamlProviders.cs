using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>An identity provider with which can be spoken now.</summary>
/// <param name="Name">Its name in the settings.</param>
/// <param name="Options">Its settings.</param>
/// <param name="Known">What is known of it.</param>
/// <param name="SigningKey">Our key to sign with; null without one.</param>
/// <param name="DecryptionKeys">Our keys that it encrypts for.</param>
/// <param name="Own">Where we are, for it.</param>
internal sealed record SamlPartner(
    string Name, SamlOptions Options, SamlProvider Known, X509Certificate2? SigningKey, IReadOnlyList<X509Certificate2> DecryptionKeys,
    OwnAddresses Own);

/// <summary>Our addresses for one provider, from the public address and never from a request. The metadata's is our entity id.</summary>
/// <param name="Begin">Where a sign-in begins.</param>
internal sealed record OwnAddresses(string Begin)
{
    public string EntityId => $"{Begin}/metadata";

    public string Consumer => $"{Begin}/acs";

    public string SignOut => $"{Begin}/logout";
}

/// <summary>
/// What is known of the identity providers that speak SAML: read when it is first needed and again at intervals. When it cannot be read
/// again, what was read before counts as long as it says that it does, and for a day where it says nothing. Thread-safe.
/// </summary>
internal sealed class SamlProviders(
    IOptions<IdentityProvidersOptions> providers, IOptions<IdentityFederationOptions> service, TimeProvider clock,
    ILogger<SamlProviders> logger) : IDisposable
{
    private static readonly TimeSpan RetriedAfter = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, Reading> readings = new(StringComparer.Ordinal);
    private readonly FailureLog failures = new(clock, logger);

    // No redirects: the address that was configured is the one that is trusted.
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = SamlProviderMetadata.BytesMax,
    };

    /// <summary>The settings of a provider; null when there is none of this name that speaks SAML.</summary>
    public SamlOptions? Find(string name) => providers.Value.GetValueOrDefault(name)?.Saml;

    public OwnAddresses OwnAddressesOf(string name) =>
        new($"{service.Value.PublicUrl!.OriginalString.TrimEnd('/')}{SamlModule.PathOf(name)}");

    /// <summary>What we say of ourselves to a provider, which may not know us yet; why not where a key of ours cannot be read.</summary>
    public (string? Metadata, Refusal? Refusal) OwnMetadataOf(string name)
    {
        if (Find(name) is not { } options)
        {
            return (null, FederationRefusals.ProviderUnknown);
        }

        try
        {
            return (SamlMessages.Metadata(
                OwnAddressesOf(name), options, options.KeyFile is { } file ? SamlKeys.Own(file) : null,
                options.DecryptionKeyFiles is [var present, ..] ? SamlKeys.OwnRsa(present) : null), null);
        }
        catch (Exception e) when (SamlKeys.IsUnreadable(e))
        {
            failures.Outage(name, $"Our own key for the identity provider {name} cannot be read: {e.Message}");
            return (null, FederationRefusals.OwnSecretUnreadable);
        }
    }

    /// <summary>A provider; why it cannot be spoken with when it cannot.</summary>
    public async Task<(SamlPartner? Partner, Refusal? Refusal)> FindAsync(string name, CancellationToken cancellation)
    {
        if (Find(name) is not { } options)
        {
            return (null, FederationRefusals.ProviderUnknown);
        }

        Reading reading = readings.GetOrAdd(name, _ => new Reading());
        // One reads; the others wait for it where nothing good is known, and go on with that otherwise.
        if (reading.Next <= clock.GetUtcNow()
            && await reading.Gate.WaitAsync(GoodOf(reading) is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellation))
        {
            await ReadAgainAsync(name, options, reading);
        }

        return GoodOf(reading) is { } partner ? (partner, null) : (null, SamlRefusals.ProviderUnavailable);
    }

    private SamlPartner? GoodOf(Reading reading) =>
        reading.Partner is { } partner && partner.Known.ValidUntil > clock.GetUtcNow() ? partner : null;

    public void Dispose()
    {
        http.Dispose();
        failures.Dispose();
    }

    private async Task ReadAgainAsync(string name, SamlOptions options, Reading reading)
    {
        try
        {
            if (reading.Next > clock.GetUtcNow())
            {
                return;
            }

            reading.Partner = new SamlPartner(
                name, options, await ReadAsync(options), options.KeyFile is { } file ? SamlKeys.Own(file) : null,
                [.. options.DecryptionKeyFiles.Select(SamlKeys.OwnRsa)], OwnAddressesOf(name));
            reading.Next = NextOf(reading.Partner.Known.ValidUntil, options.MetadataEvery);
            failures.Over(name);
        }
        catch (Exception e) when (SamlKeys.IsUnreadable(e) || e is HttpRequestException or TaskCanceledException)
        {
            reading.Next = clock.GetUtcNow() + RetriedAfter;
            failures.Outage(name, $"What is known of the identity provider {name} cannot be read: {e.Message}");
        }
        finally
        {
            reading.Gate.Release();
        }
    }

    // Well before it is over, so that one outage stops nobody.
    private DateTimeOffset NextOf(DateTimeOffset validUntil, TimeSpan every)
    {
        DateTimeOffset now = clock.GetUtcNow();
        TimeSpan half = (validUntil - now) / 2;
        return now + (half < every ? half : every);
    }

    private async Task<SamlProvider> ReadAsync(SamlOptions options)
    {
        if (options.MetadataUrl is null && options.MetadataFile is null)
        {
            return new SamlProvider(
                options.SignInUrl!, options.SignOutUrl, [.. options.Certificates.SelectMany(SamlKeys.Certificates)],
                DateTimeOffset.MaxValue);
        }

        byte[] metadata = options.MetadataUrl is { } url ? await http.GetByteArrayAsync(url)
            : await File.ReadAllBytesAsync(options.MetadataFile!);
        return SamlProviderMetadata.Read(
            metadata, options, [.. options.MetadataCertificates.SelectMany(SamlKeys.Certificates)], clock.GetUtcNow());
    }

    /// <summary>What was read, and when it is read next.</summary>
    private sealed class Reading
    {
        private long next;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public SamlPartner? Partner { get; set; }

        public DateTimeOffset Next
        {
            get => new(Volatile.Read(ref next), TimeSpan.Zero);
            set => Volatile.Write(ref next, value.UtcTicks);
        }
    }
}
