using System.ComponentModel.DataAnnotations;

namespace AccessGov.Console;

/// <summary>The settings of the section Console.</summary>
internal sealed class ConsoleOptions : IValidatableObject
{
    public const string Section = "Console";

    /// <summary>Where PolicyDecision answers.</summary>
    [Required]
    public Uri? PolicyDecisionUrl { get; set; }

    /// <summary>Where IdentityFederation answers: the issuer of all tokens.</summary>
    [Required]
    public Uri? IdentityFederationUrl { get; set; }

    /// <summary>Where Audit answers; null: the pages of the audit trail are not there.</summary>
    public Uri? AuditUrl { get; set; }

    /// <summary>Where BreakGlass answers; null: the pages of emergency access are not there.</summary>
    public Uri? BreakGlassUrl { get; set; }

    /// <summary>Where people reach the console; never taken from a Host header.</summary>
    [Required]
    public Uri? PublicUrl { get; set; }

    /// <summary>The client as which the console gets tokens for the people who sign in.</summary>
    [Required]
    public string ClientId { get; set; } = "console";

    /// <summary>The secret of that client.</summary>
    [Required]
    public string ClientSecret { get; set; } = "";

    /// <summary>People's tokens and the client's secret are sent there: nobody on the way reads them, or there is no way.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        new[] { (nameof(PolicyDecisionUrl), PolicyDecisionUrl), (nameof(IdentityFederationUrl), IdentityFederationUrl),
                (nameof(AuditUrl), AuditUrl), (nameof(BreakGlassUrl), BreakGlassUrl) }
            .Where(setting => setting.Item2 is { } address && !IsSafe(address))
            .Select(setting => new ValidationResult(
                "An https address without query and fragment; http only on the loopback address.", [setting.Item1]));

    private static bool IsSafe(Uri address) => address is { IsAbsoluteUri: true, Query: "", Fragment: "", UserInfo: "" }
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
}
