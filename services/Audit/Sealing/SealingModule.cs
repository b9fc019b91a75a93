using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Sealing;

/// <summary>The wiring of sealed fields and of their keys.</summary>
internal static class SealingModule
{
    public static void AddSealing(this IServiceCollection services)
    {
        services.AddSettings<SealingOptions>(SealingOptions.Section);
        services.AddSingleton(provider => new KeyEncryptionKeys(Options(provider).KeyEncryptionDirectory));
        services.AddSingleton(provider => new IntakeKey(Secret(provider), provider.GetRequiredService<KeyEncryptionKeys>()));
        services.AddSingleton(provider => new ReasonCipher(Secret(provider), provider.GetRequiredService<KeyEncryptionKeys>()));
        services.AddSingleton(provider => new AskedNumbers(Secret(provider), provider.GetRequiredService<KeyEncryptionKeys>()));
        services.AddSingleton(provider => new SubjectLookup(Secret(provider)));
        services.AddSingleton<SubjectKeys>().AddSingleton<SubjectTokens>();
        services.AddSingleton<Unsealing>().AddSingleton<UnsealRequests>();
        services.AddStrongCallers<SealingOptions>(
            new("person_required", "Only a person who has signed in may do this, no program."), "Audit:UnsealContext",
            options => options.UnsealContext);
        services.AddSingleton<UnreadableReasons>().AddSingleton<KeyRewrapping>().AddSingleton<KeyEpochs>();
        services.AddHealthChecks().AddCheck<UnreadableReasons>("reasons");
    }

    public static void MapSealing(this IEndpointRouteBuilder routes)
    {
        UnsealEntry.Map(routes);
        RequestUnsealing.Map(routes);
        BeginKeyEpoch.Map(routes);
    }

    private static byte[] Secret(IServiceProvider provider) => SecretKeyFile.Read(Options(provider).SecretFile);

    private static AuditOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<AuditOptions>>().Value;
}
