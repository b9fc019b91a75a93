using System.Text.Json;

namespace AccessGov.Audit.Ingest.Fhir;

/// <summary>Reads of FHIR's JSON that find nothing where something is of another kind: resources are kept, however they are made.</summary>
internal static class FhirElement
{
    public static JsonElement? Member(this JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty(name, out JsonElement value) ? value : null;

    /// <summary>A text that is not empty.</summary>
    public static string? Text(this JsonElement? element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } value ? value : null;

    public static IEnumerable<JsonElement?> Items(this JsonElement? element, string name) => element.Member(name) switch
    {
        { ValueKind: JsonValueKind.Array } array => array.EnumerateArray().Select(item => (JsonElement?)item),
        { ValueKind: JsonValueKind.Object } one => [one],
        _ => [],
    };

    /// <summary>The codes of a CodeableConcept, or of several.</summary>
    public static IEnumerable<string> Codes(this JsonElement? element, string name) =>
        element.Items(name).SelectMany(concept => concept.Items("coding"))
            .Select(coding => ClearText.Code(coding.Text("code"))).OfType<string>();

    /// <summary>What a Reference points to: its identifier, else the last part of its address.</summary>
    public static string? Target(this JsonElement? reference) =>
        reference.Member("identifier").Text("value") ?? Relative(reference)?.Id ?? reference.Text("reference");

    /// <summary>The type and the id of a Reference that is an address.</summary>
    public static (string Type, string Id)? Relative(this JsonElement? reference)
    {
        string[] parts = (reference.Text("reference") ?? "").Split('/');
        int history = Array.IndexOf(parts, "_history");
        parts = history > 0 ? parts[..history] : parts;
        return parts.Length >= 2 && parts[^2].Length > 0 && char.IsAsciiLetterUpper(parts[^2][0]) && parts[^1].Length > 0
            ? (parts[^2], parts[^1])
            : null;
    }
}
