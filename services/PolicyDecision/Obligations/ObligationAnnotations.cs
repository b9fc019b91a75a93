using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Policies;

namespace AccessGov.PolicyDecision.Obligations;

/// <summary>
/// What policies demand: <c>@obligation_1("watermark@1")</c> names an entry of the catalogue, <c>@obligation_2("{\"type\":...,\"properties\":{...}}")</c> says it itself.
/// </summary>
internal sealed partial class ObligationAnnotations(ImmutableDictionary<string, ObligationTemplate> catalogue, ImmutableArray<PolicyFault>.Builder faults)
{
    private const int IdLengthMax = 200;
    private const string Remedy = "remedy";
    private const string Prefix = "obligation";

    /// <summary>Whether it says that a step-up lifts it.</summary>
    public static bool IsRemedied(Policy policy) => policy.Annotations.TryGetValue(Remedy, out string? remedy) && remedy == ObligationTypes.StepUp;

    /// <summary>The obligations of a policy in the order of their ids; what is wrong becomes a fault at the policy.</summary>
    public ImmutableArray<ObligationTemplate> Of(Policy policy, bool attaches)
    {
        var demanded = new SortedDictionary<string, ObligationTemplate>(StringComparer.Ordinal);
        foreach ((string name, string value) in policy.Annotations)
        {
            if (name == Remedy && !(policy.Effect == Effect.Forbid && value == ObligationTypes.StepUp))
            {
                Add(policy, "obligation_malformed", $"@remedy stands at a forbid and says \"{ObligationTypes.StepUp}\".");
            }
            else if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && Read(policy, name, value) is { } template)
            {
                demanded.TryAdd(template.Id, template);
            }
        }

        if (attaches && demanded.Count == 0)
        {
            Add(policy, "obligation_malformed", "A policy of a file *.obligations has at least one @obligation_1.");
        }

        if (demanded.Values.Any(template => template.Type == ObligationTypes.StepUp) && (attaches || policy.Effect == Effect.Permit || !IsRemedied(policy)))
        {
            Add(policy, "obligation_malformed", $"A {ObligationTypes.StepUp} is sent only where it lifts a denial: it stands at a forbid with @remedy(\"{ObligationTypes.StepUp}\").");
        }

        return [.. demanded.Values];
    }

    private ObligationTemplate? Read(Policy policy, string name, string value)
    {
        if (!Name().IsMatch(name))
        {
            Add(policy, "obligation_malformed", $"@{ObligationTypes.Excerpt(name)} is no annotation of ours: an obligation is written @obligation_1, @obligation_2 and so on.");
            return null;
        }

        if (!value.StartsWith('{'))
        {
            if (catalogue.TryGetValue(value, out ObligationTemplate? known))
            {
                return known;
            }

            Add(policy, "obligation_unknown_in_catalogue", $"@{name}: the catalogue {ObligationCatalogue.FileName} has no sound entry {ObligationTypes.Excerpt(value)}.");
            return null;
        }

        if (ReadOwn($"{StrictId(policy)}:{name}", value, out (string Code, string Sentence) problem) is { } own)
        {
            return own;
        }

        Add(policy, problem.Code, $"@{name}: {problem.Sentence}");
        return null;
    }

    private static ObligationTemplate? ReadOwn(string id, string json, out (string Code, string Sentence) problem)
    {
        problem = ("obligation_malformed", "");
        if (id.Length > IdLengthMax)
        {
            problem.Sentence = $"The @id is too long for an obligation of its own: its id would have {id.Length} characters, {IdLengthMax} are the most.";
            return null;
        }

        if (ObligationCatalogue.Parse(json, out problem.Sentence) is not { } document)
        {
            return null;
        }

        using (document)
        {
            JsonElement root = document.RootElement;
            if (root.EnumerateObject().Any(member => member.Name is not ("type" or "properties"))
                || !root.TryGetProperty("type"u8, out JsonElement type) || type.ValueKind != JsonValueKind.String || !root.TryGetProperty("properties"u8, out JsonElement properties))
            {
                problem.Sentence = "An obligation has type and properties and nothing else.";
                return null;
            }

            return ObligationTemplate.Create(id, type.GetString()!, properties, weight: 1, receiptRequired: false, out problem);
        }
    }

    private static string StrictId(Policy policy) => policy.Annotations.TryGetValue("id", out string? id) ? id : policy.Id;

    private void Add(Policy policy, string code, string sentence) =>
        faults.Add(new PolicyFault(code, policy.Position.File, policy.Position.Line, policy.Position.Column, sentence));

    [GeneratedRegex(@"^obligation_[a-z0-9_]{1,40}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
