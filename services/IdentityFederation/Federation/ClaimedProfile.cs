using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>What an identity provider says of somebody whom it introduces; what it does not say is null, and stays as it is.</summary>
internal sealed record ClaimedProfile(string? UserName, string? DisplayName, string? GivenName, string? FamilyName, string? Email,
    string? Department)
{
    public static ClaimedProfile Of(AssertedIdentity identity, ProfileClaims claims) => new(
        identity.One(claims.UserName), identity.One(claims.DisplayName), identity.One(claims.GivenName), identity.One(claims.FamilyName),
        identity.One(claims.Email), identity.One(claims.Department));

    /// <summary>The profile of somebody who has this name already, with what is said now.</summary>
    public PersonProfile Over(PersonProfile known)
    {
        PersonName before = known.Name ?? new PersonName();
        PersonName name = before with { GivenName = GivenName ?? before.GivenName, FamilyName = FamilyName ?? before.FamilyName };
        Employment employment = (known.Employment ?? new Employment()) with { Department = Department ?? known.Employment?.Department };
        return known with
        {
            UserName = UserName ?? known.UserName,
            DisplayName = DisplayName ?? known.DisplayName,
            Name = name == new PersonName() ? null : name,
            Emails = Email is null ? known.Emails : [new ContactPoint(Email, "work", Primary: true)],
            Employment = employment == new Employment() ? null : employment,
        };
    }
}
