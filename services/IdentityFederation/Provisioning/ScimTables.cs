using AccessGov.IdentityFederation.Groups;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>
/// Where the attributes of people and groups stand in the directories' tables. What is not named here is filtered and sorted in memory.
/// </summary>
internal static class ScimTables
{
    private static readonly Dictionary<string, ScimColumn> UserColumns = new(StringComparer.Ordinal)
    {
        ["id"] = new("id"),
        ["externalId"] = new("external_id") { Key = ("external_id", value => value) },
        ["userName"] = new("(profile->>'UserName')") { Key = ("user_name_key", PersonDirectory.Key) },
        ["displayName"] = Text("DisplayName"),
        ["title"] = Text("Title"),
        ["userType"] = Text("UserType"),
        ["active"] = new("active"),
        ["meta.created"] = new("created_at"),
        ["meta.lastModified"] = new("changed_at"),
        ["name.formatted"] = Text("Name", "Formatted"),
        ["name.familyName"] = Text("Name", "FamilyName"),
        ["name.givenName"] = Text("Name", "GivenName"),
        ["emails"] = Points("Emails"),
        ["phoneNumbers"] = Points("PhoneNumbers"),
        [$"{ScimSchemas.EnterpriseUrn}:employeeNumber"] = Text("Employment", "EmployeeNumber"),
        [$"{ScimSchemas.EnterpriseUrn}:department"] = Text("Employment", "Department"),
        [$"{ScimSchemas.EnterpriseUrn}:manager.value"] = Text("Employment", "Manager"),
    };

    private static readonly Dictionary<string, ScimColumn> GroupColumns = new(StringComparer.Ordinal)
    {
        ["id"] = new("id"),
        ["externalId"] = new("external_id"),
        ["displayName"] = new("display_name") { Key = ("display_name_key", PersonDirectory.Key) },
        ["meta.created"] = new("created_at"),
        ["meta.lastModified"] = new("changed_at"),
        ["members"] = new("members")
        {
            Rows = "select from group_member where group_id = group_directory.id and",
            Parts = new Dictionary<string, ScimColumn>(StringComparer.Ordinal) { ["value"] = new("person") },
        },
    };

    public static ScimTable<PersonDirectory.Entry> Users { get; } =
        new("person_directory", PersonDirectory.Columns, UserColumns, PersonDirectory.Read, entry => entry.Id);

    public static ScimTable<GroupDirectory.Entry> Groups { get; } =
        new("group_directory", GroupDirectory.Columns, GroupColumns, GroupDirectory.Read, entry => entry.Id);

    private static ScimColumn Text(params ReadOnlySpan<string> path) => new($"(profile #>> '{{{string.Join(',', path)}}}')");

    private static ScimColumn Points(string name) => new(name)
    {
        Rows = $"select from jsonb_array_elements(profile->'{name}') point where",
        Parts = new Dictionary<string, ScimColumn>(StringComparer.Ordinal)
        {
            ["value"] = new("(point->>'Value')"),
            ["type"] = new("(point->>'Type')"),
            ["display"] = new("(point->>'Display')"),
            ["primary"] = new("(point->>'Primary')::boolean"),
        },
    };
}
