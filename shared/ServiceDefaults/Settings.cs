using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccessGov.ServiceDefaults;

/// <summary>Typed settings that are checked when the service starts.</summary>
public static class Settings
{
    /// <summary>
    /// Binds a section of the configuration to <typeparamref name="TSettings"/> and checks its data annotations (and <see cref="IValidatableObject"/>)
    /// at the start: a service whose settings are wrong does not start, and says which setting it is. Secrets and connection strings are
    /// <c>[Required]</c> and have no default.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="section">The section, for example <c>PolicyDecision</c>; environment variables spell it <c>PolicyDecision__ConnectionString</c>.</param>
    public static IServiceCollection AddSettings<TSettings>(this IServiceCollection services, string section)
        where TSettings : class
    {
        services.AddOptions<TSettings>().BindConfiguration(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TSettings>>(new AnnotationsHold<TSettings>(section));
        return services;
    }

    private sealed class AnnotationsHold<TSettings>(string section) : IValidateOptions<TSettings>
        where TSettings : class
    {
        public ValidateOptionsResult Validate(string? name, TSettings options)
        {
            var found = new List<ValidationResult>();
            return Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(found.Select(result =>
                    $"Setting {string.Join(", ", result.MemberNames.DefaultIfEmpty("").Select(member => $"{section}:{member}".TrimEnd(':')))}: {result.ErrorMessage}"));
        }
    }
}
