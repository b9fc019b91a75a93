using AccessGov.Client;
using Microsoft.Extensions.Options;

namespace AccessGov.Recertification.Sources;

/// <summary>The wiring of the questions to other services.</summary>
internal static class SourcesModule
{
    // A page of a thousand grants with what was used of each is counted in the journal.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static void AddSources(this IServiceCollection services) => services
        .AddSingleton(provider => new ClientChannel(
            provider.GetRequiredService<IOptions<RecertificationOptions>>().Value.Client, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new GrantSource(ClientFor(provider, options => options.PolicyDecisionUrl!, Patience)))
        .AddSingleton(provider => new PeopleSource(ClientFor(provider, options => options.IdentityFederationUrl!, Patience)));

    /// <summary>Asks another service as this one.</summary>
    public static HttpClient ClientFor(IServiceProvider provider, Func<RecertificationOptions, Uri> address, TimeSpan patience) =>
        provider.GetRequiredService<ClientChannel>().To(
            address(provider.GetRequiredService<IOptions<RecertificationOptions>>().Value), patience);
}
