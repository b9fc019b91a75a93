using System.ComponentModel.DataAnnotations;
using AccessGov.IdentityFederation.Federation.OpenIdConnect;
using AccessGov.IdentityFederation.Federation.Saml;
using AccessGov.IdentityFederation.Sessions;

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
                yield return new ValidationResult("A provider's name is 1 to 64 lower case letters, digits and inner hyphens.", [name]);
            }

            foreach (ValidationResult result in SettingsParts.Faults(provider, name))
            {
                yield return result;
            }
        }
    }
}

/// <summary>One identity provider at which people of an organisation sign in.</summary>
internal sealed class IdentityProviderOptions : IValidatableObject
{
    /// <summary>The id of the organisation whose people sign in there; it vouches for nobody else.</summary>
    [Required]
    public string Organisation { get; set; } = "";

    /// <summary>What people know it as.</summary>
    [Required]
    [StringLength(80)]
    public string DisplayName { get; set; } = "";

    /// <summary>
    /// Whether the sign-in page names it: the hospital's own. Others are found by the domain of the name that somebody types.
    /// </summary>
    public bool ShowOnSignInPage { get; set; }

    /// <summary>Whether people of the organisation may sign in with a password or a passkey that they have here, too.</summary>
    public bool AllowLocalAccounts { get; set; }

    public OpenIdConnectSettings? OpenIdConnect { get; set; }

    public SamlOptions? Saml { get; set; }

    public LinkingSettings Linking { get; set; } = new();

    public ProvisioningSettings Provisioning { get; set; } = new();

    public ProfileClaims Profile { get; set; } = new();

    /// <summary>Groups whose membership follows what the provider says at each sign-in.</summary>
    public IReadOnlyList<GroupClaim> Groups { get; set; } = [];

    /// <summary>What the provider's own words for how somebody signed in mean here.</summary>
    public IReadOnlyList<ContextMeaning> Contexts { get; set; } = [];

    /// <summary>
    /// What a sign-in there amounts to when none of them is said. More than one factor only where the provider demands it of everybody.
    /// </summary>
    public ContextStrength ContextOtherwise { get; set; } = ContextStrength.SingleFactor;

    /// <summary>The context that its words amount to: the strongest of those that it said.</summary>
    public string ContextOf(IReadOnlyList<string> said) => Contexts
        .Where(one => said.Contains(one.Value, StringComparer.Ordinal)).Select(one => one.Means).Append(ContextOtherwise).Max().Name();

    /// <summary>Its words for what is needed, to ask it for: those for the weakest that will do, and none where any will.</summary>
    public IEnumerable<string> WordsFor(string needed)
    {
        ContextMeaning[] enough = [.. Contexts.Where(one => one.Ask && AuthenticationContexts.Satisfies(one.Means.Name(), needed))];
        return enough.Length == 0 || AuthenticationContexts.StrengthOf(needed) <= (int)ContextStrength.SingleFactor
            ? []
            : enough.Where(one => one.Means == enough.Min(other => other.Means)).Select(one => one.Value);
    }

    /// <summary>The claims that something depends on.</summary>
    public IEnumerable<string> ClaimsUsed =>
        [.. Groups.Select(group => group.Claim), .. new[] { Linking.ExternalIdClaim, Provisioning.InactiveUnless?.Claim }.OfType<string>()];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Identifiers.IsOwn(Organisation))
        {
            yield return new ValidationResult("The id of an organisation.", [nameof(Organisation)]);
        }

        if (OpenIdConnect is null == Saml is null)
        {
            yield return new ValidationResult("Say how the provider is spoken to, in one way.", [nameof(OpenIdConnect), nameof(Saml)]);
        }

        IEnumerable<(string Name, object? Part)> parts =
        [
            (nameof(OpenIdConnect), OpenIdConnect), (nameof(Saml), Saml), (nameof(Provisioning), Provisioning), (nameof(Profile), Profile),
            .. Groups.Select((group, at) => ($"{nameof(Groups)}:{at}", (object?)group)),
            .. Contexts.Select((context, at) => ($"{nameof(Contexts)}:{at}", (object?)context)),
        ];
        foreach (ValidationResult fault in parts.SelectMany(part => SettingsParts.Faults(part.Part, part.Name)))
        {
            yield return fault;
        }
    }
}

/// <summary>How a person who is provisioned already is recognised at the first sign-in.</summary>
internal sealed class LinkingSettings
{
    /// <summary>The claim that holds the externalId under which the person is provisioned; nobody is recognised unless given.</summary>
    public string? ExternalIdClaim { get; set; }

    /// <summary>How the claim writes it.</summary>
    public ExternalIdFormat ExternalIdFormat { get; set; }

    /// <summary>The external id that is said; null when none is.</summary>
    public string? ExternalIdOf(AssertedIdentity identity) => identity.One(ExternalIdClaim) is not { } said ? null
        : ExternalIdFormat == ExternalIdFormat.Text ? said
        : Convert.TryFromBase64String(said, stackalloc byte[24], out int length) && length == 16
            ? $"{new Guid(Convert.FromBase64String(said))}"
        : null;
}

internal enum ExternalIdFormat
{
    /// <summary>As it is provisioned.</summary>
    Text,

    /// <summary>The bytes of an objectGUID in base64, as AD FS writes what a directory calls by its text.</summary>
    Base64Guid,
}

internal enum ProvisioningMode
{
    /// <summary>Whoever is not known stays outside.</summary>
    None,

    /// <summary>Whoever is not known is introduced by the provider, for a while.</summary>
    JustInTime,
}

/// <summary>What becomes of somebody who is not known here.</summary>
internal sealed class ProvisioningSettings : IValidatableObject
{
    public ProvisioningMode Mode { get; set; }

    /// <summary>How long the access of somebody lasts who is introduced so.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan? AccountsLast { get; set; }

    /// <summary>Whether each sign-in within the time begins it anew.</summary>
    public bool RenewAtSignIn { get; set; }

    /// <summary>What the provider must say of whoever it introduced, at each sign-in.</summary>
    public RequiredClaim? InactiveUnless { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Mode == ProvisioningMode.JustInTime && AccountsLast is null)
        {
            yield return new ValidationResult("Say how long the access lasts, for example 90.00:00:00 for 90 days.",
                [nameof(AccountsLast)]);
        }

        foreach (ValidationResult fault in SettingsParts.Faults(InactiveUnless, nameof(InactiveUnless)))
        {
            yield return fault;
        }
    }
}

/// <summary>A claim with a value.</summary>
internal sealed class RequiredClaim
{
    [Required]
    public string Claim { get; set; } = "";

    [Required]
    public string Value { get; set; } = "";
}

/// <summary>Whoever has this claim with this value is a member of the group, and whoever has not is none.</summary>
internal sealed class GroupClaim
{
    [Required]
    public string Claim { get; set; } = "";

    [Required]
    public string Value { get; set; } = "";

    /// <summary>The id of a group of the organisation.</summary>
    [Required]
    public string Group { get; set; } = "";
}

/// <summary>Which claim says what of somebody whom the provider introduced; an empty name is not read.</summary>
internal sealed class ProfileClaims
{
    [Required]
    public string UserName { get; set; } = "preferred_username";

    public string DisplayName { get; set; } = "name";

    public string GivenName { get; set; } = "given_name";

    public string FamilyName { get; set; } = "family_name";

    public string Email { get; set; } = "email";

    public string Department { get; set; } = "department";
}

internal static class SettingsParts
{
    /// <summary>What is wrong with a part of settings, told with its place.</summary>
    public static IEnumerable<ValidationResult> Faults(object? part, string place)
    {
        var found = new List<ValidationResult>();
        if (part is not null)
        {
            Validator.TryValidateObject(part, new ValidationContext(part), found, validateAllProperties: true);
        }

        return found.Select(result => new ValidationResult(
            result.ErrorMessage, [.. result.MemberNames.DefaultIfEmpty("").Select(member => $"{place}:{member}".TrimEnd(':'))]));
    }
}
