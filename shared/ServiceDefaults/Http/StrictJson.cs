using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccessGov.ServiceDefaults;

/// <summary>How AccessGov reads and writes JSON at its edges.</summary>
public static class StrictJson
{
    /// <summary>The deepest nesting that is read.</summary>
    public const int DepthMax = 32;

    /// <summary>
    /// The same rules as for endpoints, for what a service parses by itself: camel-case names exactly as written, no duplicate names, at most
    /// <see cref="DepthMax"/> levels, no numbers in strings, required constructor parameters and nullability respected, unknown members ignored,
    /// enumerations as snake-case strings, nulls omitted. Read-only and thread-safe.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = Frozen();

    internal static void Apply(JsonSerializerOptions options)
    {
        options.AllowDuplicateProperties = false;
        options.MaxDepth = DepthMax;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.PropertyNameCaseInsensitive = false;
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
    }

    private static JsonSerializerOptions Frozen()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.General);
        Apply(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
