using System.ComponentModel.DataAnnotations;
using AccessGov.IdentityFederation.Federation.Saml;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>The settings of the section IdentityFederation:IdentityProviders: one provider for each name.</summary>
internal sealed class IdentityProvidersOptions : Dictionary<string, IdentityProviderOptions>, IValidatableObject
{
    public const string Section = "IdentityFederation:IdentityProviders";

    public IdentityProvidersOptions()
        : base(StringComparer.Ordinal)
    {
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string name, IdentityProviderOptions provider) in this)
        {
            if (!Identifiers.IsOwn(name))
            {
                yield return new ValidationResult(
                    "An identity provider's name is 1 to 64 lower case letters, digits and inner hyphens.", [name]);
            }

            var found = new List<ValidationResult>();
            Validator.TryValidateObject(provider, new ValidationContext(provider), found, validateAllProperties: true);
            foreach (ValidationResult result in found)
            {
                yield return new ValidationResult(result.ErrorMessage, [$"{name}:{string.Join(", ", result.MemberNames)}"]);
            }
        }
    }
}

/// <summary>One identity provider at which people of an organisation sign in.</summary>
internal sealed class IdentityProviderOptions : IValidatableObject
{
    /// <summary>The id of the organisation whose people they are.</summary>
    [Required]
    public string Organisation { get; set; } = "";

    /// <summary>What people call it.</summary>
    [Required]
    public string DisplayName { get; set; } = "";

    public SamlOptions? Saml { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Saml is null)
        {
            yield return new ValidationResult("Say how the provider is spoken with.", [nameof(Saml)]);
            yield break;
        }

        var found = new List<ValidationResult>();
        Validator.TryValidateObject(Saml, new ValidationContext(Saml), found, validateAllProperties: true);
        foreach (ValidationResult result in found)
        {
            yield return new ValidationResult(result.ErrorMessage, [$"{nameof(Saml)}:{string.Join(", ", result.MemberNames)}"]);
        }
    }
}
