using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;

namespace AccessGov.ServiceDefaults;

/// <summary>What types are called in the OpenAPI document.</summary>
internal static class SchemaNames
{
    /// <summary>A nested type has the name of its slice before its own: every slice has a <c>Command</c>, and the document must tell them apart.</summary>
    public static string? Of(JsonTypeInfo type)
    {
        string? name = OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        Type named = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        for (Type? outer = named.DeclaringType; name is not null && outer is not null; outer = outer.DeclaringType)
        {
            name = outer.Name + name;
        }

        return name;
    }
}
