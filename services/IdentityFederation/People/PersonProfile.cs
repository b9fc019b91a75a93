using System.Text.Json;
using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.People;

/// <summary>What is known about a person, in the attributes of SCIM's User and EnterpriseUser (RFC 7643, 4.1 and 4.3).</summary>
/// <param name="UserName">What the person signs in with; unique over all organisations, whatever the case.</param>
internal sealed record PersonProfile(string UserName)
{
    /// <summary>The id in the system that provisions the person; unique within the organisation, unless it is shared.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Whether the provisioning system gave the id to somebody else too: then nobody is recognised by it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ExternalIdShared { get; init; }

    public string? DisplayName { get; init; }

    public PersonName? Name { get; init; }

    public IReadOnlyList<ContactPoint> Emails { get; init; } = [];

    public IReadOnlyList<ContactPoint> PhoneNumbers { get; init; } = [];

    public string? Title { get; init; }

    public string? UserType { get; init; }

    public string? PreferredLanguage { get; init; }

    public string? Locale { get; init; }

    /// <summary>The IANA name of the person's time zone.</summary>
    public string? TimeZone { get; init; }

    public Employment? Employment { get; init; }

    /// <summary>Further attributes that the provisioning system keeps here and that decide nothing: a JSON object.</summary>
    public string? Further { get; init; }

    /// <summary>The address that somebody is written to: the primary one, else the first; null when there is none.</summary>
    public string? PreferredEmail() => Emails.OrderByDescending(email => email.Primary == true).FirstOrDefault()?.Value;

    /// <summary>Equal when stored equally: lists are compared by what is in them.</summary>
    public bool Equals(PersonProfile? other) => other is not null && Stored(this) == Stored(other);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(UserName);

    /// <summary>What is wrong with a profile; null when nothing is.</summary>
    public static Refusal? Malformed(PersonProfile profile)
    {
        if (profile.Emails.Concat(profile.PhoneNumbers).Contains(null!))
        {
            return new Refusal("person_malformed", "Among the addresses is one that is null: leave it out.");
        }

        string?[] texts =
        [
            profile.ExternalId, profile.DisplayName, profile.Title, profile.UserType, profile.PreferredLanguage, profile.Locale, profile.TimeZone,
            .. profile.Name?.Parts ?? [], .. profile.Employment?.Parts ?? [], .. profile.Emails.Concat(profile.PhoneNumbers).SelectMany(point => point.Parts),
        ];
        return profile switch
        {
            _ when !Identifiers.IsForeign(profile.UserName) => new Refusal(
                "user_name_malformed", $"A user name has 1 to {Identifiers.LengthMax} characters, no control characters and no blanks around it."),
            _ when profile.Emails.Count > ListMax || profile.PhoneNumbers.Count > ListMax || texts.Any(text => text is not null && !Identifiers.IsText(text, TextMax)) =>
                new Refusal("person_malformed", $"What is known of a person are texts of 1 to {TextMax} characters, and at most {ListMax} addresses of a kind."),
            { TimeZone: { } zone } when !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) =>
                new Refusal("person_malformed", "timeZone is the IANA name of a time zone, for example Europe/Vienna."),
            _ => null,
        };
    }

    private const int TextMax = 500;
    private const int ListMax = 50;

    private static string Stored(PersonProfile profile) => JsonSerializer.Serialize(profile, EventTypes.SerializerOptions);
}

/// <summary>A person's name in parts.</summary>
internal sealed record PersonName(
    string? Formatted = null, string? FamilyName = null, string? GivenName = null, string? MiddleName = null, string? HonorificPrefix = null, string? HonorificSuffix = null)
{
    internal IEnumerable<string?> Parts => [Formatted, FamilyName, GivenName, MiddleName, HonorificPrefix, HonorificSuffix];
}

/// <summary>An address at which a person is reached.</summary>
/// <param name="Value">The address or number.</param>
/// <param name="Type">work, home, mobile or another kind.</param>
/// <param name="Primary">Whether it is the first to use; null when nobody said.</param>
/// <param name="Display">How it is shown.</param>
internal sealed record ContactPoint(string Value, string? Type = null, bool? Primary = null, string? Display = null)
{
    internal IEnumerable<string?> Parts => [Value, Type, Display];
}

/// <summary>Where and for whom a person works.</summary>
/// <param name="Manager">The person's manager: their id here, or what the provisioning system calls them.</param>
internal sealed record Employment(
    string? EmployeeNumber = null, string? CostCenter = null, string? Organization = null, string? Division = null, string? Department = null, string? Manager = null)
{
    internal IEnumerable<string?> Parts => [EmployeeNumber, CostCenter, Organization, Division, Department, Manager];
}
