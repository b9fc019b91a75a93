using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.ServiceDefaults;

/// <summary>The issuer's public keys (P-256), from the settings, a file or an address. Thread-safe.</summary>
internal sealed class SigningKeys : IDisposable
{
    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(30);

    private readonly AuthenticationSettings settings;
    private readonly TimeProvider clock;
    private readonly SemaphoreSlim reading = new(1);
    private readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
        MaxResponseContentBufferSize = 256 * 1024,
    };

    private volatile List<SecurityKey> known = [];
    private DateTimeOffset lastRead = DateTimeOffset.MinValue;

    public SigningKeys(IOptions<AuthenticationSettings> settings, TimeProvider clock, IHostEnvironment environment)
    {
        this.settings = settings.Value;
        this.clock = clock;
        if (this.settings.KeysUrl is { } url && url.Scheme != Uri.UriSchemeHttps && !environment.IsDevelopment())
        {
            throw new OptionsValidationException(AuthenticationSettings.Section, typeof(AuthenticationSettings),
                [$"Setting Authentication:KeysUrl: keys are taken over https, not {url.Scheme}."]);
        }

        if (this.settings.KeysUrl is null && AreConfigured)
        {
            // Settings and files are read at the start, so that a wrong one ends it.
            known = Parse(this.settings.Keys ?? File.ReadAllText(this.settings.KeysFile!));
        }
    }

    /// <summary>Whether there is an issuer whose keys are to be read; a service that issues its tokens itself may have no other.</summary>
    public bool AreConfigured => !string.IsNullOrEmpty(settings.Issuer);

    /// <summary>Whether they are in a place from where they can be read again.</summary>
    public bool AreReadable => AreConfigured && settings.Keys is null;

    /// <summary>The keys for a token that names this key; all of them when it names none. Reads them again, at most every 30 s, when it is unknown.</summary>
    /// <exception cref="KeysUnavailableException">The address or the file does not answer and the key is not known from before.</exception>
    public async ValueTask<IReadOnlyList<SecurityKey>> ForAsync(string? keyId, CancellationToken cancellation)
    {
        if (!Knows(keyId) && settings.Keys is null)
        {
            await reading.WaitAsync(cancellation);
            try
            {
                if (!Knows(keyId) && (known.Count == 0 || clock.GetUtcNow() - lastRead >= BetweenReads))
                {
                    await ReadKnownAsync(cancellation);
                }
            }
            finally
            {
                reading.Release();
            }
        }

        return known;
    }

    /// <summary>Reads the keys again, and answers their names.</summary>
    /// <exception cref="KeysUnavailableException">The address or the file does not answer; what was known stays.</exception>
    public async Task<IReadOnlySet<string>> RefreshAsync(CancellationToken cancellation)
    {
        await reading.WaitAsync(cancellation);
        try
        {
            await ReadKnownAsync(cancellation);
            return known.Select(key => key.KeyId).ToHashSet(StringComparer.Ordinal);
        }
        finally
        {
            reading.Release();
        }
    }

    public void Dispose()
    {
        http.Dispose();
        reading.Dispose();
    }

    private bool Knows(string? keyId) => known.Count > 0 && (string.IsNullOrEmpty(keyId) || known.Any(key => key.KeyId == keyId));

    private async Task ReadKnownAsync(CancellationToken cancellation)
    {
        try
        {
            known = Parse(await ReadAsync(cancellation));
            lastRead = clock.GetUtcNow();
        }
        catch (Exception error) when (error is HttpRequestException or IOException or TaskCanceledException or FormatException && !cancellation.IsCancellationRequested)
        {
            throw new KeysUnavailableException("The issuer's keys cannot be read.", error);
        }
    }

    private Task<string> ReadAsync(CancellationToken cancellation) => settings.KeysUrl is { } url
        ? http.GetStringAsync(url, cancellation)
        : File.ReadAllTextAsync(settings.KeysFile!, cancellation);

    private static List<SecurityKey> Parse(string text)
    {
        List<SecurityKey> keys;
        try
        {
            keys = text.AsSpan().TrimStart().StartsWith("-----BEGIN", StringComparison.Ordinal) ? FromPem(text) : FromJwks(text);
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            throw new FormatException("The issuer's keys are neither a JWKS document nor public keys in PEM.", error);
        }

        return keys.Count > 0 ? keys : throw new FormatException("Among the issuer's keys is none for ES256 (elliptic curve P-256).");
    }

    private static List<SecurityKey> FromJwks(string text) =>
        [.. JsonWebKeySet.Create(text).Keys.Where(key => key is { Kty: "EC", Crv: "P-256" } && key.Use is null or "sig")];

    private static List<SecurityKey> FromPem(string text)
    {
        var keys = new List<SecurityKey>();
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            ReadOnlySpan<char> block = rest[fields.Location];
            if (!block.StartsWith("-----BEGIN PUBLIC KEY", StringComparison.Ordinal))
            {
                throw new FormatException("Only public keys belong here.");
            }

            var key = ECDsa.Create();
            key.ImportFromPem(block);
            keys.Add(EcdsaKeys.Named(key));
            rest = rest[fields.Location.End..];
        }

        return keys;
    }
}

/// <summary>The keys cannot be read, so whether a token is good cannot be known.</summary>
internal sealed class KeysUnavailableException(string message, Exception inner) : Exception(message, inner);

internal static class EcdsaKeys
{
    /// <summary>A key that is named by its RFC 7638 thumbprint, so that both sides find the same name without agreeing on one.</summary>
    public static ECDsaSecurityKey Named(ECDsa key)
    {
        if (key.KeySize != 256)
        {
            throw new FormatException("ES256 takes keys on the elliptic curve P-256.");
        }

        var named = new ECDsaSecurityKey(key);
        named.KeyId = Base64UrlEncoder.Encode(named.ComputeJwkThumbprint());
        return named;
    }
}
