namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>The schemas of what discovery answers (RFC 7643, 8.7.2), as far as this service says it. Clients write none of it.</summary>
internal static class ScimDiscoverySchemas
{
    public static IReadOnlyList<ScimSchema> All { get; } =
    [
        new("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig", "ServiceProviderConfig", "What this service can do.",
        [
            Complex("patch", "PATCH.", Supported), Complex("changePassword", "Changes of passwords.", Supported),
            Complex("sort", "Sorting.", Supported), Complex("etag", "Entity tags.", Supported),
            Complex(
                "bulk", "Bulk.", Supported, Must("maxOperations", "How many operations a request has at most.", ScimKind.Integer),
                Must("maxPayloadSize", "How many bytes a request has at most.", ScimKind.Integer)),
            Complex("filter", "Filters.", Supported, Must("maxResults", "How many resources a page has at most.", ScimKind.Integer)),
            Complex(
                "authenticationSchemes", "How clients say who they are.",
                Must("type", "The scheme, as RFC 7643 calls it."), Must("name", "Its name."), Must("description", "What a client sends."),
                May("specUri", "Where it is specified.", ScimKind.Reference) with { ReferenceTypes = ["external"] },
                May("primary", "Whether it is the first to use.", ScimKind.Boolean)) with { Many = true },
        ]),
        new("urn:ietf:params:scim:schemas:core:2.0:ResourceType", "ResourceType", "A kind of resource.",
        [
            May("id", "Its id: the name."), Must("name", "Its name."), May("description", "What it is, for people."),
            Must("endpoint", "Where its resources are.", ScimKind.Reference) with { CaseExact = true, ReferenceTypes = ["uri"] },
            Must("schema", "Its core schema.", ScimKind.Reference) with { CaseExact = true, ReferenceTypes = ["uri"] },
            Complex(
                "schemaExtensions", "Its extensions.",
                Must("schema", "The schema.", ScimKind.Reference) with { CaseExact = true, ReferenceTypes = ["uri"] },
                Must("required", "Whether each resource has it.", ScimKind.Boolean)) with { Many = true, Required = false },
        ]),
        new("urn:ietf:params:scim:schemas:core:2.0:Schema", "Schema", "Attributes under one URN.",
        [
            Must("id", "The URN.") with { CaseExact = true }, May("name", "Its name."), May("description", "What it is, for people."),
            Complex("attributes", "The attributes.", [.. Described, Parts]) with { Many = true },
        ]),
    ];

    private static ScimAttribute Supported => Must("supported", "Whether it is supported.", ScimKind.Boolean);

    private static ScimAttribute Parts =>
        Complex("subAttributes", "The parts of a complex attribute.", Described) with { Many = true, Required = false };

    private static ScimAttribute[] Described =>
    [
        Must("name", "The name.") with { CaseExact = true }, Must("type", "What its values are."),
        Must("multiValued", "Whether it has several values.", ScimKind.Boolean), May("description", "What it is, for people."),
        Must("required", "Whether it has a value always.", ScimKind.Boolean),
        May("canonicalValues", "Values that are usual.") with { Many = true, CaseExact = true },
        May("caseExact", "Whether letter case tells values apart.", ScimKind.Boolean), Must("mutability", "Who changes it, and when."),
        Must("returned", "When it is returned."), May("uniqueness", "Whether no two resources have the same value."),
        May("referenceTypes", "What a reference leads to.") with { Many = true, CaseExact = true },
    ];

    private static ScimAttribute Must(string name, string description, ScimKind kind = ScimKind.Text) =>
        May(name, description, kind) with { Required = true };

    private static ScimAttribute May(string name, string description, ScimKind kind = ScimKind.Text) =>
        new(name, description, kind) { ReadOnly = true };

    private static ScimAttribute Complex(string name, string description, params ScimAttribute[] parts) =>
        Must(name, description, ScimKind.Complex) with { Parts = parts };
}
