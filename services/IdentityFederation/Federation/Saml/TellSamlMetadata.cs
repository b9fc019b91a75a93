namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>Says to an identity provider who we are.</summary>
internal static class TellSamlMetadata
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet($"{SamlModule.PathPattern}/metadata",
            (string name, SamlProviders providers) => providers.OwnMetadataOf(name) switch
            {
                ({ } metadata, _) => Results.Text(metadata, "application/samlmetadata+xml"),
                (_, { } refusal) => SamlPages.Refused(refusal),
                _ => throw new InvalidOperationException("Metadata, or why there are none."),
            })
        .AllowAnonymous().ExcludeFromDescription();
}
