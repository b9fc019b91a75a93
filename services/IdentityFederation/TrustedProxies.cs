using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation;

/// <summary>Whom a reverse proxy speaks for. Limits, networks and sessions go by the address of the browser; from anybody else the header says nothing.</summary>
internal static class TrustedProxies
{
    /// <summary>Before everything that looks at an address.</summary>
    public static void UseTrustedProxies(this WebApplication app)
    {
        IReadOnlyList<string> trusted = app.Services.GetRequiredService<IOptions<IdentityFederationOptions>>().Value.TrustedProxies;
        if (trusted.Count == 0)
        {
            return;
        }

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

        app.UseForwardedHeaders(options);
    }
}
