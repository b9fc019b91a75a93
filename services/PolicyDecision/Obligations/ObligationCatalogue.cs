using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccessGov.PolicyDecision.Policies;

namespace AccessGov.PolicyDecision.Obligations;

/// <summary>
/// The file obligations.json of a policy set: <c>{"watermark@1": {"type": "custom", "properties": {...}, "weight": 2, "receipt": "required"}}</c>. The number is the
/// version of the entry; a policy names both, so a new wording takes effect only where a policy asks for it.
/// </summary>
internal static partial class ObligationCatalogue
{
    public const string FileName = "obligations.json";
    private const int EntriesMax = 1_000;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Its sound entries by id.</summary>
    public static ImmutableDictionary<string, ObligationTemplate> Read(string json, ImmutableArray<PolicyFault>.Builder faults)
    {
        var entries = ImmutableDictionary.CreateBuilder<string, ObligationTemplate>(StringComparer.Ordinal);
        if (Parse(json, out string sentence) is not { } document)
        {
            faults.Add(new PolicyFault("obligation_malformed", FileName, 0, 0, sentence));
            return entries.ToImmutable();
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object || document.RootElement.GetPropertyCount() > EntriesMax)
            {
                faults.Add(new PolicyFault("obligation_malformed", FileName, 0, 0, $"The catalogue is one JSON object with at most {EntriesMax} entries."));
                return entries.ToImmutable();
            }

            foreach (JsonProperty entry in document.RootElement.EnumerateObject())
            {
                if (ReadEntry(entry.Name, entry.Value, out (string Code, string Sentence) problem) is { } template)
                {
                    entries.Add(entry.Name, template);
                }
                else
                {
                    faults.Add(new PolicyFault(problem.Code, FileName, 0, 0, $"{ObligationTypes.Excerpt(entry.Name)}: {problem.Sentence}"));
                }
            }
        }

        return entries.ToImmutable();
    }

    public static bool IsId(string text) => Id().IsMatch(text);

    /// <summary>Reads the JSON of a catalogue or of an annotation; answers null and a sentence when it is none.</summary>
    public static JsonDocument? Parse(string json, out string sentence)
    {
        sentence = "";
        try
        {
            return JsonDocument.Parse(json, Strict);
        }
        catch (JsonException error)
        {
            sentence = $"It is no JSON of ours (names once, at most {Strict.MaxDepth} levels): {error.Message}";
            return null;
        }
    }

    private static ObligationTemplate? ReadEntry(string id, JsonElement entry, out (string Code, string Sentence) problem)
    {
        string? sentence = !IsId(id) ? "An id is a name of lower case letters, digits and hyphens, @ and a version from 1, like watermark@1."
            : entry.ValueKind != JsonValueKind.Object ? "An entry is a JSON object."
            : entry.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => name is not ("type" or "properties" or "weight" or "receipt" or "advice")) is { } unknown
                ? $"There is no member {ObligationTypes.Excerpt(unknown)}; there are type, properties, weight, receipt and advice."
            : null;
        problem = ("obligation_malformed", sentence ?? "");
        return sentence is null ? ReadMembers(id, entry, ref problem) : null;
    }

    private static ObligationTemplate? ReadMembers(string id, JsonElement entry, ref (string Code, string Sentence) problem)
    {
        int weight = 1;
        if (!entry.TryGetProperty("type"u8, out JsonElement type) || type.ValueKind != JsonValueKind.String)
        {
            problem.Sentence = $"type must be one of {string.Join(", ", ObligationTypes.All)}.";
        }
        else if (entry.TryGetProperty("weight"u8, out JsonElement given)
            && (given.ValueKind != JsonValueKind.Number || !given.TryGetInt32(out weight) || weight is < 1 or > ObligationTemplate.WeightMax))
        {
            problem.Sentence = $"weight must be a whole number from 1 to {ObligationTemplate.WeightMax}.";
        }
        else if (entry.TryGetProperty("receipt"u8, out JsonElement receipt)
            && !(receipt.ValueKind == JsonValueKind.String && (receipt.ValueEquals("required"u8) || receipt.ValueEquals("optional"u8))))
        {
            problem.Sentence = "receipt must be required or optional.";
        }
        else if (entry.TryGetProperty("advice"u8, out JsonElement advice) && advice.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            problem.Sentence = "advice must be true or false.";
        }
        else
        {
            return ObligationTemplate.Create(
                id, type.GetString()!, entry.TryGetProperty("properties"u8, out JsonElement properties) ? properties : default, weight,
                receipt.ValueKind == JsonValueKind.String && receipt.ValueEquals("required"u8), out problem,
                isAdvice: advice.ValueKind == JsonValueKind.True);
        }

        return null;
    }

    [GeneratedRegex(@"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?@[1-9][0-9]{0,5}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Id();
}
