using Microsoft.Extensions.Options;

namespace AccessGov.Recertification.Sources;

/// <summary>The wiring of the questions to other services.</summary>
internal static class SourcesModule
{
    // A page of a thousand grants with what was used of each is counted in the journal.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static void AddSources(this IServiceCollection services) => services
        .AddSingleton<SourcesChannel>()
        .AddSingleton(provider => new GrantSource(ClientFor(provider, options => options.PolicyDecisionUrl!)))
        .AddSingleton(provider => new PeopleSource(ClientFor(provider, options => options.IdentityFederationUrl!)));

    private static HttpClient ClientFor(IServiceProvider provider, Func<RecertificationOptions, Uri> address) =>
        provider.GetRequiredService<SourcesChannel>().Client(
            address(provider.GetRequiredService<IOptions<RecertificationOptions>>().Value), Patience);
}
