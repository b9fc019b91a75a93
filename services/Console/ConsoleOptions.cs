using System.ComponentModel.DataAnnotations;

namespace AccessGov.Console;

/// <summary>The settings of the section Console.</summary>
internal sealed class ConsoleOptions
{
    public const string Section = "Console";

    /// <summary>Where PolicyDecision answers.</summary>
    [Required]
    public Uri? PolicyDecisionUrl { get; set; }

    /// <summary>Where IdentityFederation answers: the issuer of all tokens.</summary>
    [Required]
    public Uri? IdentityFederationUrl { get; set; }

    /// <summary>Where people reach the console; never taken from a Host header.</summary>
    [Required]
    public Uri? PublicUrl { get; set; }

    /// <summary>The client as which the console gets tokens for the people who sign in.</summary>
    [Required]
    public string ClientId { get; set; } = "console";

    /// <summary>The secret of that client.</summary>
    [Required]
    public string ClientSecret { get; set; } = "";
}
