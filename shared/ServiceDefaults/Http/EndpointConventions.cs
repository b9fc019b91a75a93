using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;

namespace AccessGov.ServiceDefaults;

/// <summary>What an endpoint may ask of the defaults.</summary>
public static class EndpointConventions
{
    /// <summary>Takes bodies of at most this many bytes instead of <see cref="ServiceDefaultsExtensions.BodyLimitBytes"/>; a larger one is answered with 413.</summary>
    public static TBuilder WithBodyLimit<TBuilder>(this TBuilder endpoint, long bytes)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new BodyLimit(bytes));

    /// <summary>Answers errors with one sentence as <c>text/plain</c> instead of problem details, as the AuthZEN API asks.</summary>
    public static TBuilder WithPlainErrors<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new PlainErrors());

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}

internal sealed record PlainErrors;
