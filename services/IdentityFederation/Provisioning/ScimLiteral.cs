using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>What a filter compares with, in the type of the attribute.</summary>
internal static class ScimLiteral
{
    /// <summary>A string, a bool, a DateTimeOffset, or null.</summary>
    /// <param name="path">What is compared.</param>
    /// <param name="comparison">How.</param>
    /// <param name="value">What is written.</param>
    /// <param name="bad">Makes the error of a comparison that cannot be.</param>
    public static object? Of(ScimPath path, ScimOperator comparison, JsonNode? value, Func<string, ScimException> bad)
    {
        if (path.Compared is not { } compared)
        {
            throw bad($"{path.Name} has parts: name one of them");
        }

        bool equality = comparison is ScimOperator.Eq or ScimOperator.Ne;
        if (value is null)
        {
            return equality ? null : throw bad("null is compared with eq and ne only");
        }

        string literal = ScimText.Of(value);
        return compared.Kind switch
        {
            ScimKind.Boolean => equality && bool.TryParse(literal, out bool truth)
                ? truth
                : throw bad($"{path.Name} is compared by eq and ne with true and false"),
            ScimKind.Instant => comparison is not (ScimOperator.Co or ScimOperator.Sw or ScimOperator.Ew)
                && InstantOf(literal) is { } instant
                ? instant
                : throw bad($"{path.Name} is compared by eq, ne, gt, ge, lt and le with an instant such as \"2026-05-13T04:42:34Z\""),
            _ => literal,
        };
    }

    /// <summary>What is written: a literal of JSON, or a word without quotes.</summary>
    /// <param name="literal">What is written.</param>
    /// <param name="bad">Makes the error of what is neither.</param>
    public static JsonNode? Parse(string literal, Func<string, ScimException> bad)
    {
        string word = literal.ToLowerInvariant();
        if (IsBare(literal) && word is not ("true" or "false" or "null"))
        {
            return JsonValue.Create(literal);
        }

        try
        {
            JsonNode? value = JsonNode.Parse(word is "true" or "false" or "null" ? word : literal);
            return value is null or JsonValue ? value : throw bad("a value is a string, a number, true, false or null");
        }
        catch (JsonException)
        {
            throw bad("a value is a string in quotes, a number, true, false or null");
        }
    }

    // Entra ID's collection leaves the quotes away. What could be a word of the filter itself still needs them.
    private static bool IsBare(string literal) => literal.Length > 0 && char.IsLetterOrDigit(literal[0])
        && literal.All(one => char.IsLetterOrDigit(one) || one is '.' or '_' or '-' or '+' or '@' or ':')
        && literal.ToLowerInvariant() is not ("and" or "or" or "not");

    /// <summary>An instant as SCIM writes it; null when it is none.</summary>
    public static DateTimeOffset? InstantOf(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant)
            ? instant.ToUniversalTime()
            : null;
}
