using System.Globalization;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>A person as their directory describes them.</summary>
/// <param name="Entry">What the directory says.</param>
/// <param name="Profile">What that means; without what the directory does not know.</param>
/// <param name="ManagerKey">The key of the manager's name; null without a manager.</param>
/// <param name="Inactive">Why they do not work here; null when they do.</param>
internal sealed record DirectoryPerson(DirectoryEntry Entry, PersonProfile Profile, string? ManagerKey, string? Inactive)
{
    public const string Disabled = "The directory disabled the account.";
    public const string Expired = "The account expired in the directory.";
    public const string Vanished = "The account is not in the directory any more.";

    private const long AccountDisable = 0x2;

    /// <summary>The attributes that are read, besides those that the mapping names.</summary>
    public static readonly string[] Always = ["objectGUID", "whenChanged", "userAccountControl", "accountExpires"];

    public static DirectoryPerson Of(DirectoryEntry entry, DirectoryAttributes names, DateTimeOffset now)
    {
        var name = new PersonName(FamilyName: entry.First(names.FamilyName), GivenName: entry.First(names.GivenName));
        var employment = new Employment(EmployeeNumber: entry.First(names.EmployeeNumber), Department: entry.First(names.Department));
        var profile = new PersonProfile(entry.First(names.UserName) ?? "")
        {
            ExternalId = entry.ExternalId,
            DisplayName = entry.First(names.DisplayName),
            Name = name == new PersonName() ? null : name,
            Emails = entry.First(names.Email) is { } mail ? [new ContactPoint(mail, "work", Primary: true)] : [],
            PhoneNumbers =
            [
                .. entry.First(names.Telephone) is { } work ? [new ContactPoint(work, "work")] : Array.Empty<ContactPoint>(),
                .. entry.First(names.Mobile) is { } mobile ? [new ContactPoint(mobile, "mobile")] : Array.Empty<ContactPoint>(),
            ],
            Title = entry.First(names.Title),
            Employment = employment == new Employment() ? null : employment,
        };
        return new DirectoryPerson(
            entry, profile, entry.First(names.Manager) is { } manager ? DistinguishedName.KeyOf(manager) : null, InactiveOf(entry, now));
    }

    /// <summary>The profile with the manager's id, and with what others keep here about the person.</summary>
    public PersonProfile Over(PersonProfile? known, string? manager)
    {
        Employment mine = Profile.Employment ?? new Employment();
        Employment employment = (known?.Employment ?? new Employment()) with
        {
            EmployeeNumber = mine.EmployeeNumber, Department = mine.Department, Manager = manager,
        };
        return (known ?? Profile) with
        {
            UserName = Profile.UserName, ExternalId = Profile.ExternalId, DisplayName = Profile.DisplayName, Name = Profile.Name, Emails = Profile.Emails,
            PhoneNumbers = Profile.PhoneNumbers, Title = Profile.Title, Employment = employment == new Employment() ? null : employment,
        };
    }

    private static string? InactiveOf(DirectoryEntry entry, DateTimeOffset now) =>
        (Number(entry, "userAccountControl")
            ?? throw new DirectoryUnavailableException("directory_read_failed", "A person has no userAccountControl: who reads must have the right to read it."))
            is var control && (control & AccountDisable) != 0 ? Disabled
        : ExpiryOf(Number(entry, "accountExpires") ?? 0) <= now ? Expired
        : null;

    /// <summary>When an account expires, in the directory's hundreds of nanoseconds since 1601; null for never, which has two spellings and more.</summary>
    private static DateTimeOffset? ExpiryOf(long ticks) =>
        ticks <= 0 || ticks > DateTimeOffset.MaxValue.UtcDateTime.ToFileTimeUtc() ? null : new DateTimeOffset(DateTime.FromFileTimeUtc(ticks), TimeSpan.Zero);

    private static long? Number(DirectoryEntry entry, string attribute) =>
        long.TryParse(entry.First(attribute), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
}
