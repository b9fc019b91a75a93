using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AccessGov.PolicyDecision.ForwardAuth;

/// <summary>Forward-auth in the OpenAPI document: by itself the document shows only endpoints that take certain methods, and this one takes every one.</summary>
internal static class ForwardAuthDescription
{
    private static readonly (string Status, string Meaning)[] Answers =
    [
        ("200", "Let it through."), ("401", "Nobody is recognised, or the proxy is not."), ("403", "Denied; AccessGov-Reason says why."),
        ("503", "Nobody can be recognised now."),
    ];

    public static Task AddAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        var operation = new OpenApiOperation
        {
            Tags = new HashSet<OpenApiTagReference> { new("ForwardAuth", document) },
            Summary = "Asks for a proxy whether the request that it holds may go to the archive.",
            Description = "Any method is taken. The original method and URI are in X-Original-Method and X-Original-URI (nginx), "
                + "X-Forwarded-Method and X-Forwarded-Uri (Traefik), or are the request's own behind the prefix (Envoy).",
            Responses = [],
        };
        foreach ((string status, string meaning) in Answers)
        {
            operation.Responses.Add(status, new OpenApiResponse { Description = meaning });
        }

        document.Tags ??= new HashSet<OpenApiTag>();
        document.Tags.Add(new OpenApiTag { Name = "ForwardAuth" });
        document.Paths.Add(ForwardedRequest.Path, new OpenApiPathItem { Operations = new() { [HttpMethod.Get] = operation } });
        return Task.CompletedTask;
    }
}
