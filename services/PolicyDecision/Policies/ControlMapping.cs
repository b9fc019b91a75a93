using System.Collections.Immutable;
using System.Text.Json;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>A control of a framework, and the requirements (as policies name them with <c>@requirement</c>) that serve it.</summary>
internal sealed record MappedControl(string Framework, string Control, ImmutableArray<string> Requirements);

/// <summary>
/// The file controls.json of a policy set, which decides nothing: <c>{"NIST SP 800-53 Rev. 5": {"AC-6": ["S19", "S23"]}}</c> says which controls of which frameworks
/// the requirements serve that policies name.
/// </summary>
internal static class ControlMapping
{
    public const string FileName = "controls.json";
    public const string Malformed = "controls_malformed";
    private const int ControlsMax = 2_000;
    private const int NameLengthMax = 200;

    /// <summary>The requirements that a policy's <c>@requirement</c> names.</summary>
    public static string[] RequirementsOf(Cedar.Policy policy) =>
        policy.Annotations.TryGetValue("requirement", out string? named) ? named.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>Its controls in the order of the file; what is wrong with it goes into <paramref name="faults"/>.</summary>
    public static ImmutableArray<MappedControl> Read(string json, ImmutableArray<PolicyFault>.Builder faults)
    {
        var controls = ImmutableArray.CreateBuilder<MappedControl>();
        if (ObligationCatalogue.Parse(json, out string sentence) is not { } document)
        {
            Refuse(sentence);
            return [];
        }

        using (document)
        {
            foreach ((string framework, JsonElement mapped) in MembersOf(document.RootElement, "The file"))
            {
                foreach ((string control, JsonElement requirements) in MembersOf(mapped, framework))
                {
                    if (requirements.ValueKind != JsonValueKind.Array || requirements.EnumerateArray().Any(one => one.ValueKind != JsonValueKind.String || !IsName(one.GetString()!)))
                    {
                        Refuse($"{ObligationTypes.Excerpt(control)}: the requirements that serve a control are an array of names, like [\"S19\"].");
                        continue;
                    }

                    controls.Add(new MappedControl(framework, control, [.. requirements.EnumerateArray().Select(one => one.GetString()!).Distinct(StringComparer.Ordinal)]));
                }
            }
        }

        if (controls.Count > ControlsMax)
        {
            Refuse($"The file names at most {ControlsMax} controls.");
        }

        return controls.DrainToImmutable();

        IEnumerable<(string Name, JsonElement Value)> MembersOf(JsonElement element, string what)
        {
            if (element.ValueKind != JsonValueKind.Object || element.EnumerateObject().Any(member => !IsName(member.Name)))
            {
                Refuse($"{ObligationTypes.Excerpt(what)} is an object of objects, frameworks and their controls, whose names have 1 to {NameLengthMax} characters.");
                return [];
            }

            return element.EnumerateObject().Select(member => (member.Name, member.Value));
        }

        void Refuse(string problem) => faults.Add(new PolicyFault(Malformed, FileName, 0, 0, problem));
    }

    private static bool IsName(string name) => name.Length <= NameLengthMax && !string.IsNullOrWhiteSpace(name);
}
