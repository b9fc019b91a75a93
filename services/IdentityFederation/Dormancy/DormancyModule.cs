using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.Mail;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Dormancy;

/// <summary>The wiring of accounts that nobody uses.</summary>
internal static class DormancyModule
{
    public static void AddDormancy(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<AccountSettings>, WarnedBeforeLocked>();
        services.AddSingleton<Activity>().AddSubscription<Activity>();
        services.AddSettings<MailSettings>(MailSettings.Section);
        services.AddSingleton<Mailer>();
        services.AddSingleton<DueWarnings>().AddSubscription<DueWarnings>().AddHostedService<MailWarnings>();
        services.AddSingleton<LockDormant>().AddHostedService(provider => provider.GetRequiredService<LockDormant>());
    }

    public static void MapDormancy(this IEndpointRouteBuilder routes) => UnlockPerson.Map(routes);

    private sealed class WarnedBeforeLocked : IValidateOptions<AccountSettings>
    {
        public ValidateOptionsResult Validate(string? name, AccountSettings options) => options.DormantWarningAfter < options.DormantAfter
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{AccountSettings.Section}:{nameof(AccountSettings.DormantWarningAfter)} is shorter than "
                + $"{nameof(AccountSettings.DormantAfter)}.");
    }
}
