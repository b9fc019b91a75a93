using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AccessGov.ServiceDefaults;

/// <summary>
/// Says in the OpenAPI document what the items of a list are that stay JSON at first, so that one that cannot be read does not refuse its neighbours. It describes only.
/// </summary>
/// <param name="itemType">What each item is read as.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DescribedItemsAttribute(Type itemType) : Attribute
{
    /// <summary>What each item is read as.</summary>
    public Type ItemType => itemType;

    internal static async Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(DescribedItemsAttribute), inherit: false) is [DescribedItemsAttribute described])
        {
            schema.Items = await context.GetOrCreateSchemaAsync(described.ItemType, null, cancellation);
        }
    }
}
