using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace AccessGov.IdentityFederation;

/// <summary>
/// Whom a reverse proxy speaks for. Limits, networks and sessions go by the address of the browser. From anybody else the header says
/// nothing but that the address is not the browser's: where such a proxy stands inside, nobody behind it counts as inside for that.
/// </summary>
internal static partial class TrustedProxies
{
    private const string ForwardedFor = "X-Forwarded-For";

    /// <summary>A request whose address is that of somebody who speaks for others and is not believed.</summary>
    private sealed class SpokenForByAnybody
    {
        public static readonly SpokenForByAnybody Instance = new();
    }

    /// <summary>Before everything that looks at an address.</summary>
    public static void UseTrustedProxies(this WebApplication app)
    {
        IReadOnlyList<string> trusted = app.Services.GetRequiredService<IOptions<IdentityFederationOptions>>().Value.TrustedProxies;
        var peer = new object();
        app.Use((http, next) =>
        {
            http.Items[peer] = http.Connection.RemoteIpAddress;
            return next(http);
        });
        if (trusted.Count > 0)
        {
            app.UseForwardedHeaders(Believing(trusted));
        }

        ILogger logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(TrustedProxies));
        int told = 0;
        app.Use((http, next) =>
        {
            // What a trusted one has said was taken out of the header. What is left was said by somebody else.
            bool believed = !Equals(http.Items[peer], http.Connection.RemoteIpAddress);
            if (http.Request.Headers.ContainsKey(ForwardedFor) || (http.Request.Headers.ContainsKey("Forwarded") && !believed))
            {
                http.Features.Set(SpokenForByAnybody.Instance);
                if (Interlocked.Exchange(ref told, 1) == 0)
                {
                    Unbelieved(logger, http.Connection.RemoteIpAddress);
                }
            }

            return next(http);
        });
    }

    /// <summary>Whether the address of a request is that of somebody who speaks for others and is not believed.</summary>
    public static bool IsSpokenForByAnybody(HttpContext http) => http.Features.Get<SpokenForByAnybody>() is not null;

    private static ForwardedHeadersOptions Believing(IReadOnlyList<string> trusted)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (string network in trusted)
        {
            options.KnownIPNetworks.Add(IPNetwork.TryParse(network, out IPNetwork known)
                ? known
                : throw new OptionsValidationException(
                    IdentityFederationOptions.Section, typeof(IdentityFederationOptions),
                    [$"{IdentityFederationOptions.Section}:TrustedProxies holds {network}, which is not a network such as 10.0.0.5/32."]));
        }

        return options;
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Address} speaks for others (X-Forwarded-For, Forwarded) and is none of the TrustedProxies: nobody behind it counts as "
            + "inside. This is told once")]
    private static partial void Unbelieved(ILogger logger, IPAddress? address);
}
