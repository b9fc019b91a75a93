using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>The wiring of local accounts.</summary>
internal static class AccountsModule
{
    /// <summary>Rounds of PBKDF2 with HMAC-SHA-512: what OWASP's cheat sheet on storing passwords asks for.</summary>
    public const int PasswordIterations = 210_000;

    public static void AddAccounts(this IServiceCollection services)
    {
        services.AddSettings<AccountSettings>(AccountSettings.Section);
        services.AddSingleton<AccountSecrets>().AddSingleton<AccountCommands>().AddSingleton<PasswordRules>().AddSingleton<BreachedPasswords>();
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = PasswordIterations);
        services.AddSingleton<IPasswordHasher<PasskeyOwner>, PasswordHasher<PasskeyOwner>>();
        services.AddIdentityCore<PasskeyOwner>();
        services.AddScoped<IUserStore<PasskeyOwner>, PasskeyOwners>();
        services.AddScoped<IPasskeyHandler<PasskeyOwner>, PasskeyHandler<PasskeyOwner>>();
        services.AddOptions<IdentityPasskeyOptions>().Configure<IOptions<IdentityFederationOptions>>((passkeys, options) =>
        {
            Uri here = options.Value.PublicUrl!;
            string origin = here.GetLeftPart(UriPartial.Authority);
            passkeys.ServerDomain = here.Host;
            passkeys.UserVerificationRequirement = "required";
            passkeys.ResidentKeyRequirement = "required";
            passkeys.AuthenticatorTimeout = TimeSpan.FromMinutes(2);

            // What the service says about itself never comes from a Host header.
            passkeys.ValidateOrigin = asked => ValueTask.FromResult(
                !asked.CrossOrigin && string.Equals(asked.Origin, origin, StringComparison.OrdinalIgnoreCase));
        });
    }

    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        IssueEnrolment.Map(routes);
        CredentialsOfPerson.Map(routes);
    }
}
