using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Obligations;

/// <summary>What the placeholders of one decision stand for.</summary>
internal readonly record struct ObligationValues(string SubjectId, string ResourceId, string Action, Guid EvaluationId, DateTimeOffset Now,
    EmergencySession? Emergency = null);

/// <summary>
/// An obligation as a policy demands it. Its properties are canonical JSON, cut where a decision puts in what a placeholder stands for: a placeholder lies in a
/// string, and what is put in is escaped for one and never read again.
/// </summary>
internal sealed partial class ObligationTemplate
{
    public const int WeightMax = 100;
    private const int PropertiesBytesMax = 4_000;

    private readonly ImmutableArray<(byte[] Before, string? Placeholder)> parts;

    private ObligationTemplate(
        string id, string type, int weight, bool receiptRequired, bool isAdvice, ImmutableArray<(byte[] Before, string? Placeholder)> parts)
    {
        (Id, Type, Weight, ReceiptRequired, IsAdvice) = (id, type, weight, receiptRequired, isAdvice);
        this.parts = parts;
    }

    public string Id { get; }

    public string Type { get; }

    /// <summary>How heavy it weighs where satisfied permits are compared.</summary>
    public int Weight { get; }

    public bool ReceiptRequired { get; }

    /// <summary>Whether an enforcement point that cannot carry it out is permitted all the same, and not told of it.</summary>
    public bool IsAdvice { get; }

    /// <summary>Answers null, a refusal's code and a sentence when it is none.</summary>
    public static ObligationTemplate? Create(
        string id, string type, JsonElement properties, int weight, bool receiptRequired, out (string Code, string Sentence) problem,
        bool isAdvice = false)
    {
        problem = ("obligation_malformed", "");
        if (properties.ValueKind != JsonValueKind.Object)
        {
            problem.Sentence = "properties must be a JSON object.";
            return null;
        }

        if ((ObligationTypes.Problem(type, properties) ?? BadName(properties)) is { } sentence)
        {
            problem.Sentence = sentence;
            return null;
        }

        byte[] json = CanonicalJson.Bytes(properties, static (writer, element) => CanonicalJson.Write(writer, element));
        if (json.Length > PropertiesBytesMax)
        {
            problem.Sentence = $"The properties are {json.Length} bytes of JSON; {PropertiesBytesMax} are the most.";
            return null;
        }

        if (UnknownPlaceholder(properties) is { } unknown)
        {
            problem = ("placeholder_unknown", $"{ObligationTypes.Excerpt(unknown)} is no placeholder; braces stand only around subject.id, resource.id, action.name, evaluation_id, now, emergency.id and emergency.until.");
            return null;
        }

        return new ObligationTemplate(id, type, weight, receiptRequired, isAdvice, Cut(Encoding.UTF8.GetString(json)));
    }

    public Obligation Fill(in ObligationValues values)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        foreach ((byte[] before, string? placeholder) in parts)
        {
            buffer.Write(before);
            if (placeholder is not null)
            {
                buffer.Write(JsonEncodedText.Encode(ValueOf(placeholder, values)).EncodedUtf8Bytes);
            }
        }

        return new Obligation(Id, Type, buffer.WrittenMemory, ReceiptRequired);
    }

    private static string ValueOf(string placeholder, in ObligationValues values) => placeholder switch
    {
        "{subject.id}" => values.SubjectId,
        "{resource.id}" => values.ResourceId,
        "{action.name}" => values.Action,
        "{evaluation_id}" => values.EvaluationId.ToString(),
        "{now}" => Instant(values.Now),

        // Where no emergency access is active, the policy that says so was satisfied by something else.
        "{emergency.id}" => values.Emergency?.Id ?? "",
        "{emergency.until}" => values.Emergency is { } emergency ? Instant(emergency.Until) : "",
        _ => throw new InvalidOperationException($"{placeholder} is no placeholder."),
    };

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // A brace of JSON itself is followed by a quotation mark or by another brace: what looks like a placeholder is one.
    private static ImmutableArray<(byte[] Before, string? Placeholder)> Cut(string json)
    {
        var cut = ImmutableArray.CreateBuilder<(byte[] Before, string? Placeholder)>();
        int from = 0;
        foreach (Match match in Placeholder().Matches(json))
        {
            cut.Add((Encoding.UTF8.GetBytes(json[from..match.Index]), match.Value));
            from = match.Index + match.Length;
        }

        cut.Add((Encoding.UTF8.GetBytes(json[from..]), null));
        return cut.ToImmutable();
    }

    private static string? UnknownPlaceholder(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String when Placeholder().Replace(element.GetString()!, "") is var rest && rest.AsSpan().IndexOfAny('{', '}') is var brace and >= 0 =>
            BracedText().Match(rest, brace) is { Success: true } match ? match.Value : rest[brace..],
        JsonValueKind.Object => element.EnumerateObject().Select(member => UnknownPlaceholder(member.Value)).FirstOrDefault(found => found is not null),
        JsonValueKind.Array => element.EnumerateArray().Select(UnknownPlaceholder).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private static string? BadName(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .Select(member => member.Name.AsSpan().ContainsAny('{', '}') ? $"The name {ObligationTypes.Excerpt(member.Name)} holds a brace: only values have placeholders." : BadName(member.Value))
            .FirstOrDefault(found => found is not null),
        JsonValueKind.Array => element.EnumerateArray().Select(BadName).FirstOrDefault(found => found is not null),
        _ => null,
    };

    [GeneratedRegex(@"\{(?:subject\.id|resource\.id|action\.name|evaluation_id|now|emergency\.(?:id|until))\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\{[^{}]*\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex BracedText();
}
