using System.ComponentModel.DataAnnotations;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>The settings of the section IdentityFederation:Accounts.</summary>
internal sealed class AccountSettings
{
    public const string Section = "IdentityFederation:Accounts";

    /// <summary>The shortest password.</summary>
    [Range(8, 64)]
    public int PasswordLengthMin { get; set; } = 12;

    /// <summary>
    /// A file of passwords that are known to others: SHA-1 in hexadecimal, a line each, sorted, as Have I Been Pwned gives it; none unless
    /// given.
    /// </summary>
    public string? BreachedPasswordsFile { get; set; }

    /// <summary>How long an enrolment link is good.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "14.00:00:00")]
    public TimeSpan EnrolmentLinkLasts { get; set; } = TimeSpan.FromDays(3);

    /// <summary>After how long without a sign-in an account is locked.</summary>
    [Range(typeof(TimeSpan), "7.00:00:00", "3650.00:00:00")]
    public TimeSpan DormantAfter { get; set; } = TimeSpan.FromDays(90);

    /// <summary>After how long without a sign-in its person is warned; before <see cref="DormantAfter"/>.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan DormantWarningAfter { get; set; } = TimeSpan.FromDays(76);

    /// <summary>
    /// Groups (by id) whose members sign in with two factors wherever they are, besides those that bring administrative scopes.
    /// </summary>
    public IReadOnlyList<string> SecondFactorGroups { get; set; } = [];
}
