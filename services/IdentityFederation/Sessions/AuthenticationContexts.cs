namespace AccessGov.IdentityFederation.Sessions;

/// <summary>
/// The authentication context classes (acr) that are known here, weakest first, and which of them authentication methods (amr, RFC 8176)
/// amount to.
/// </summary>
internal static class AuthenticationContexts
{
    /// <summary>One factor: REFEDS single-factor authentication.</summary>
    public const string SingleFactor = "https://refeds.org/profile/sfa";

    /// <summary>Two factors: REFEDS multi-factor authentication.</summary>
    public const string MultiFactor = "https://refeds.org/profile/mfa";

    /// <summary>Two factors that no false page can pass on: phishing-resistant (OpenID Extended Authentication Profile).</summary>
    public const string PhishingResistant = "phr";

    private static readonly string[] FromWeakest = [SingleFactor, MultiFactor, PhishingResistant];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All => FromWeakest;

    /// <summary>How strong a context is; 0 for one that is not known here, which nothing satisfies.</summary>
    public static int StrengthOf(string? context) => Array.IndexOf(FromWeakest, context) + 1;

    /// <summary>Whether somebody who showed the one has shown the other, too.</summary>
    public static bool Satisfies(string shown, string asked) => StrengthOf(asked) > 0 && StrengthOf(shown) >= StrengthOf(asked);

    /// <summary>The stronger of two.</summary>
    public static string Stronger(string one, string other) => Satisfies(one, other) ? one : other;

    /// <summary>What the methods of one sign-in amount to.</summary>
    public static string Of(IReadOnlyList<string> methods) =>
        methods.Contains("phr", StringComparer.Ordinal) ? PhishingResistant
        : methods.Contains("mfa", StringComparer.Ordinal) ? MultiFactor
        : SingleFactor;
}
