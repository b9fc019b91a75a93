using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Sealing;

/// <summary>The wiring of sealed fields and of their keys.</summary>
internal static class SealingModule
{
    public static void AddSealing(this IServiceCollection services)
    {
        services.AddSingleton(provider => new IntakeKey(Secret(provider)));
        services.AddSingleton(provider => new KeyEncryptionKeys(Options(provider).KeyEncryptionDirectory));
        services.AddSingleton(provider => new SubjectLookup(Secret(provider)));
        services.AddSingleton<SubjectKeys>();
    }

    private static byte[] Secret(IServiceProvider provider) => SecretKeyFile.Read(Options(provider).SecretFile);

    private static AuditOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<AuditOptions>>().Value;
}
