namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>Says to an identity provider who we are.</summary>
internal static class TellSamlMetadata
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet($"{SamlModule.PathPattern}/metadata",
            (string name, SamlProviders providers) => providers.OwnMetadataOf(name) is { } metadata
            ? Results.Text(metadata, "application/samlmetadata+xml")
            : SamlPages.Refused(FederationRefusals.ProviderUnknown))
        .AllowAnonymous().ExcludeFromDescription();
}
