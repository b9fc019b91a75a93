using System.Text.Json;

namespace AccessGov.Cedar.Tests.Conformance;

/// <summary>What the official validator wrote about a policy set: per policy whether it is valid, and its error messages, whose words tell the kind.</summary>
internal static class OfficialVerdict
{
    private static readonly (string Words, ValidationErrorKind Kind)[] Kinds =
    [
        ("unrecognized entity type", ValidationErrorKind.UnrecognizedEntityType),
        ("unrecognized action", ValidationErrorKind.UnrecognizedActionId),
        ("unable to find an applicable action", ValidationErrorKind.InvalidActionApplication),
        ("unexpected type", ValidationErrorKind.UnexpectedType),
        ("are not compatible", ValidationErrorKind.IncompatibleTypes),
        ("unable to guarantee safety of access to optional attribute", ValidationErrorKind.UnsafeOptionalAttributeAccess),
        ("unable to guarantee safety of access to tag", ValidationErrorKind.UnsafeTagAccess),
        ("wrong number of arguments", ValidationErrorKind.WrongNumberArguments),
        ("error during extension function argument validation", ValidationErrorKind.FunctionArgumentValidation),
        ("empty set literals are forbidden", ValidationErrorKind.EmptySetForbidden),
        ("extension constructors may not be called", ValidationErrorKind.NonLitExtConstructor),
        ("entity `", ValidationErrorKind.InvalidEnumEntity),
        (" not found", ValidationErrorKind.UnsafeAttributeAccess),
    ];

    public static IEnumerable<string> Differences(string name, byte[] verdict, ValidationResult ours)
    {
        using JsonDocument document = JsonDocument.Parse(verdict);
        var differences = new List<string>();
        foreach (JsonProperty policy in document.RootElement.GetProperty("policyValidation").GetProperty("perPolicy").EnumerateObject())
        {
            string[] messages = policy.Value.TryGetProperty("strictErrors", out JsonElement errors)
                ? [.. errors.EnumerateArray().Select(error => error.GetString()!)]
                : [];
            string expected = Sorted(messages.Select(KindOf));
            string actual = Sorted(ours.Errors.Where(error => error.Policy.Id == policy.Name).Select(error => AsOfficial(error.Kind)));
            if (!string.Equals(expected, actual, StringComparison.Ordinal))
            {
                differences.Add($"{name}, {policy.Name}: official {expected} {string.Join("; ", messages)}\n ours {actual} {string.Join("; ", ours.Errors)}");
            }
        }

        return differences;
    }

    public static ValidationErrorKind KindOf(string message) => Kinds.First(kind => message.Contains(kind.Words, StringComparison.Ordinal)).Kind;

    // The one difference on purpose: see NoTagsAllowed.
    public static ValidationErrorKind AsOfficial(ValidationErrorKind kind) =>
        kind == ValidationErrorKind.NoTagsAllowed ? ValidationErrorKind.UnsafeTagAccess : kind;

    private static string Sorted(IEnumerable<ValidationErrorKind> kinds) => string.Join(", ", kinds.Distinct().Order());
}
