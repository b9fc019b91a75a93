using System.ComponentModel.DataAnnotations;
using AccessGov.IdentityFederation.Sessions;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>Contexts of this house by words that stand in settings, where an address cannot.</summary>
internal enum ContextStrength
{
    SingleFactor = 1,
    MultiFactor = 2,
    PhishingResistant = 3,
}

internal static class ContextStrengths
{
    public static string Name(this ContextStrength strength) => AuthenticationContexts.All[(int)strength - 1];
}

/// <summary>What a word of a provider means here.</summary>
internal sealed class ContextMeaning
{
    /// <summary>A value of acr or amr, or an AuthnContextClassRef.</summary>
    [Required]
    public string Value { get; set; } = "";

    [Range((int)ContextStrength.SingleFactor, (int)ContextStrength.PhishingResistant)]
    public ContextStrength Means { get; set; }

    /// <summary>Whether the provider is asked for it (acr_values, RequestedAuthnContext) where this strength is needed.</summary>
    public bool Ask { get; set; }
}
