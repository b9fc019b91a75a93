using System.Text.Json;

namespace AccessGov.PolicyDecision.Obligations;

/// <summary>The obligation types of the AuthZEN obligations profile, draft 1, and the properties that each must have.</summary>
internal static class ObligationTypes
{
    public const string StepUp = "step-up";
    public const string Notification = "notification";
    public const string SessionTermination = "session_termination";
    public const string Custom = "custom";

    /// <summary>All that decisions may carry, as the metadata says.</summary>
    public static readonly string[] All = [StepUp, Notification, SessionTermination, Custom];

    /// <summary>What is wrong with the properties of an obligation of a type; null when nothing is.</summary>
    public static string? Problem(string type, JsonElement properties) => type switch
    {
        StepUp => Text(properties, "acr_value") ?? AmrValues(properties),
        Notification => Text(properties, "to") ?? Text(properties, "body") ?? (properties.TryGetProperty("topic"u8, out _) ? Text(properties, "topic") : null),
        SessionTermination => Text(properties, "subject"),
        // The profile leaves its content open; without a name nobody could tell what to do.
        Custom => Text(properties, "name"),
        _ => $"There is no type {Excerpt(type)}; there are {string.Join(", ", All)}.",
    };

    /// <summary>A text as an error quotes it.</summary>
    public static string Excerpt(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 80), "…");

    private static string? Text(JsonElement properties, string name) =>
        properties.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(value.GetString())
            ? null
            : $"The property {name} must be a string that is not empty.";

    private static string? AmrValues(JsonElement properties) =>
        !properties.TryGetProperty("amr_values"u8, out JsonElement values)
        || (values.ValueKind == JsonValueKind.Array && values.EnumerateArray().All(value => value.ValueKind == JsonValueKind.String))
            ? null
            : "The property amr_values must be an array of strings.";
}
