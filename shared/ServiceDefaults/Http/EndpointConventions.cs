using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

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

    /// <summary>Answers errors, also those of the defaults such as a missing token, in the form that the endpoint's protocol has for them.</summary>
    public static TBuilder WithErrorForm<TBuilder>(this TBuilder endpoint, ErrorForm form)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(form);

    /// <summary>
    /// Puts an endpoint that reads its body by itself into the OpenAPI document, with the type that the body has. It describes only: unlike <c>Accepts</c>, no
    /// request is refused because of it.
    /// </summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="handler">What the endpoint was mapped to.</param>
    public static TBuilder WithDescribedBody<TBuilder, TBody>(this TBuilder endpoint, RequestDelegate handler)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(handler.Method, new DescribedBody(typeof(TBody)));

    /// <summary>Puts an answer of an endpoint into the OpenAPI document.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="contentType">The media type of the body.</param>
    /// <param name="body">The type of the body.</param>
    public static TBuilder WithDescribedAnswer<TBuilder>(this TBuilder endpoint, int status, string contentType, Type body)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, body, [contentType]));

    /// <summary>Puts the form that an endpoint reads by itself into the OpenAPI document.</summary>
    public static TBuilder WithDescribedForm<TBuilder>(this TBuilder endpoint, string[] required, string[] optional)
        where TBuilder : IEndpointConventionBuilder => endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var form = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string>(required, StringComparer.Ordinal),
                Properties = required.Concat(optional).ToDictionary(
                    field => field, IOpenApiSchema (_) => new OpenApiSchema { Type = JsonSchemaType.String }, StringComparer.Ordinal),
            };
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["application/x-www-form-urlencoded"] = new() { Schema = form } },
            };
            return Task.CompletedTask;
        });

    // Without content types, routing has nothing to compare a request with.
    private sealed record DescribedBody(Type? RequestType) : IAcceptsMetadata
    {
        public IReadOnlyList<string> ContentTypes => [];

        public bool IsOptional => false;
    }

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}

internal sealed record PlainErrors;

/// <summary>How a protocol words its errors.</summary>
/// <param name="WriteAsync">Writes the body of an error: the status, which is set already, the code and the sentence.</param>
public sealed record ErrorForm(Func<HttpContext, int, string, string, Task> WriteAsync);
