namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>The one table of attributes (RFC 7643, 4): what is read, compared, returned and documented comes from here.</summary>
internal static class ScimSchemas
{
    public const string UserUrn = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string EnterpriseUrn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    public const string GroupUrn = "urn:ietf:params:scim:schemas:core:2.0:Group";

    public static ScimResourceType User { get; } = new(
        "User", "/Users", "People, as their organisation provisions them.",
        new ScimSchema(
            UserUrn, "User",
            "User Account: a person. Passwords are not kept by this service: the attribute password is not supported and ignored.",
        [
            new("userName", "What the person signs in with; unique over all organisations, whatever the case.")
            {
                Required = true, Uniqueness = "server",
            },
            new("name", "The person's name in parts.", ScimKind.Complex)
            {
                Parts =
                [
                    new("formatted", "The whole name as it is shown."), new("familyName", "The family name."),
                    new("givenName", "The given name."),
                    new("middleName", "The middle names."), new("honorificPrefix", "What stands before the name, such as Dr."),
                    new("honorificSuffix", "What stands after the name, such as MD."),
                ],
            },
            new("displayName", "The name as it is shown to others."),
            new("nickName", "The casual name."),
            new("profileUrl", "A page about the person.", ScimKind.Reference) { ReferenceTypes = ["external"] },
            new("title", "The job title."),
            new("userType", "The relation to the organisation, such as Employee or Contractor."),
            new("preferredLanguage", "The language that the person prefers, such as de-AT."),
            new("locale", "How dates and numbers are shown to the person."),
            new("timezone", "The IANA name of the person's time zone, such as Europe/Vienna; another name is kept and not used."),

            // Always there, never removed: but nobody is locked out or let in by an omission.
            new(
                "active", "Whether the person works here at present. Omitted in a POST it is true, in a PUT it stays as it is.",
                ScimKind.Boolean) { Required = true },
            Many("emails", "E-mail addresses.", "E-mail address", "work", "home", "other"),
            Many("phoneNumbers", "Phone numbers.", "Phone number", "work", "home", "mobile", "fax", "pager", "other"),
            Many("ims", "Instant messaging addresses.", "Address"),
            Many("photos", "URLs of photos.", "URL", ScimKind.Reference, "photo", "thumbnail"),
            new("addresses", "Postal addresses.", ScimKind.Complex)
            {
                Many = true,
                Parts =
                [
                    new("formatted", "The whole address as it is shown."), new("streetAddress", "The street and number."),
                    new("locality", "The town."), new("region", "The state or region."), new("postalCode", "The postal code."),
                    new("country", "The country, as ISO 3166-1 codes it."),
                    new("type", "The kind of address.") { CanonicalValues = ["work", "home", "other"] }, Primary,
                ],
            },
            new("groups", "The groups that the person is a member of.", ScimKind.Complex)
            {
                Many = true,
                ReadOnly = true,
                Parts =
                [
                    new("value", "The id of the group.") { CaseExact = true, ReadOnly = true },
                    new("$ref", "The address of the group.", ScimKind.Reference)
                    {
                        CaseExact = true, ReadOnly = true, ReferenceTypes = ["Group"],
                    },
                    new("display", "The name of the group.") { ReadOnly = true },
                    new("type", "How the person is a member.") { ReadOnly = true, CanonicalValues = ["direct"] },
                ],
            },
            Many("entitlements", "What the person is entitled to elsewhere; decides nothing here.", "Entitlement"),
            Many("roles", "The roles of the person elsewhere; decide nothing here.", "Role"),
            Many("x509Certificates", "Certificates of the person.", "Certificate in DER, in base64", ScimKind.Binary),
        ]),
        [
            new ScimSchema(EnterpriseUrn, "EnterpriseUser", "Enterprise User: where and for whom a person works.",
            [
                new("employeeNumber", "The number that the organisation gave the person."), new("costCenter", "The cost centre."),
                new("organization", "The organisation's name."), new("division", "The division."), new("department", "The department."),
                new("manager", "The person's manager.", ScimKind.Complex)
                {
                    Parts =
                    [
                        new("value", "The manager's id.") { CaseExact = true },
                        new("$ref", "The manager's address.", ScimKind.Reference) { CaseExact = true, ReferenceTypes = ["User"] },
                        new("displayName", "The manager's name."),
                    ],
                },
            ]),
        ]);

    public static ScimResourceType Group { get; } = new(
        "Group", "/Groups", "Groups of people of one organisation.",
        new ScimSchema(GroupUrn, "Group", "A group of people. Members are people: a group is no member of another.",
        [
            new("displayName", "The name of the group; unique within the organisation, whatever the case.")
            {
                Required = true, Uniqueness = "server",
            },
            new("members", "The members.", ScimKind.Complex)
            {
                Many = true,
                Parts =
                [
                    new("value", "The id of the member.") { CaseExact = true, Immutable = true },
                    new("$ref", "The address of the member.", ScimKind.Reference)
                    {
                        CaseExact = true, Immutable = true, ReferenceTypes = ["User"],
                    },
                    new("display", "The name of the member.") { ReadOnly = true },
                    new("type", "What the member is.") { Immutable = true, CanonicalValues = ["User"] },
                ],
            },
        ]),
        []);

    public static IReadOnlyList<ScimResourceType> ResourceTypes { get; } = [User, Group];

    private static ScimAttribute Primary => new("primary", "Whether it is the first to use.", ScimKind.Boolean);

    private static ScimAttribute Many(string name, string description, string value, params string[] types) =>
        Many(name, description, value, ScimKind.Text, types);

    private static ScimAttribute Many(string name, string description, string value, ScimKind kind, params string[] types) =>
        new(name, description, ScimKind.Complex)
    {
        Many = true,
        Parts =
        [
            new("value", $"{value}.", kind) { ReferenceTypes = kind == ScimKind.Reference ? ["external"] : [] },
            new("display", "How it is shown."), new("type", "What it is used for.") { CanonicalValues = types }, Primary,
        ],
    };
}
