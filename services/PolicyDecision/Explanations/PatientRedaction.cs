using System.Collections.Frozen;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Explanations;

/// <summary>
/// What somebody without the scope patients.read does not see in an explanation: who a patient is, and how anybody is related to one. The values of these
/// attributes are hidden, and so is every id of a Patient, wherever it stands. Whether a condition was true stays visible; the decision itself tells as much.
/// </summary>
internal static partial class PatientRedaction
{
    private const string Hidden = ExplanationNode.HiddenMarker;

    private static readonly FrozenSet<string> Attributes =
        new[] { "family", "self", "patient", "careTeam", "referredTo", "isStaff", "referringPhysician", "explicitGrant" }.ToFrozenSet(StringComparer.Ordinal);

    public static bool MayShow(ValuePlace place) =>
        place.Entity?.Type != HospitalCase.PatientType && (place.Path.Count == 0 || !Attributes.Contains(place.Path[0]));

    /// <summary>Takes the ids of patients out of what was written.</summary>
    public static void Hide(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                if (members["type"] is JsonValue type && type.TryGetValue(out string? name) && name == HospitalCase.PatientType && members.ContainsKey("id"))
                {
                    members["id"] = Hidden;
                }

                foreach ((string key, JsonNode? member) in members.ToList())
                {
                    HideIn(member, text => members[key] = text);
                }

                break;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                {
                    int at = i;
                    HideIn(items[i], text => items[at] = text);
                }

                break;
        }
    }

    private static void HideIn(JsonNode? node, Action<string> replace)
    {
        if (node is not JsonValue value)
        {
            Hide(node);
        }
        else if (value.TryGetValue(out string? text) && text.Contains("Patient", StringComparison.Ordinal))
        {
            replace(PatientUid().Replace(text, $"Patient::\"{Hidden}\""));
        }
    }

    // A text that was cut may end within an id.
    [GeneratedRegex("Patient\\s*::\\s*\"(?:[^\"\\\\]|\\\\.)*(?:\"|\\\\?\\z)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex PatientUid();
}
