using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Sealing;

/// <summary>The wiring of sealed fields and of their keys.</summary>
internal static class SealingModule
{
    public static void AddSealing(this IServiceCollection services)
    {
        services.AddSingleton(provider => new IntakeKey(Secret(provider)));
    }

    private static byte[] Secret(IServiceProvider provider) =>
        SecretKeyFile.Read(provider.GetRequiredService<IOptions<AuditOptions>>().Value.SecretFile);
}
