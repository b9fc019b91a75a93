using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using AccessGov.Cedar;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>
/// What a policy says to people beside its <c>@reason</c>, which is English and for the user: <c>@reason_de</c> in other languages, <c>@reason_admin</c> and
/// <c>@reason_admin_de</c> for administrators (AuthZEN 1.0, reason_user and reason_admin).
/// </summary>
internal sealed partial record ReasonTexts(ImmutableArray<(string Language, string Text)> User, ImmutableArray<(string Language, string Text)> Admin)
{
    private const string English = "en";

    /// <summary>By the ids of the policies; null when none says more than its @reason, so that decisions do not look.</summary>
    public static FrozenDictionary<string, ReasonTexts>? Of(PolicySet policies)
    {
        var texts = new Dictionary<string, ReasonTexts>(StringComparer.Ordinal);
        foreach (Policy policy in policies.Policies)
        {
            var found = new ReasonTexts(Read(policy, isAdmin: false), Read(policy, isAdmin: true));
            if (!found.User.IsEmpty || !found.Admin.IsEmpty)
            {
                texts[StrictMode.IdOf(policy)] = found;
            }
        }

        return texts.Count == 0 ? null : texts.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static ImmutableArray<(string Language, string Text)> Read(Policy policy, bool isAdmin) =>
    [
        .. policy.Annotations.Select(annotation => (Match: Name().Match(annotation.Key), Text: annotation.Value))
            .Where(found => found.Match.Success && found.Match.Groups["admin"].Success == isAdmin && (isAdmin || found.Match.Groups["language"].Success))
            .Select(found => (found.Match.Groups["language"] is { Success: true } language ? language.Value : English, found.Text))
            .Where(found => isAdmin || found.Item1 != English)
            .OrderBy(found => found.Item1, StringComparer.Ordinal),
    ];

    [GeneratedRegex(@"^reason(?<admin>_admin)?(?:_(?<language>[a-z]{2,3}))?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
