using System.Text.RegularExpressions;

namespace AccessGov.PolicyDecision;

/// <summary>What the name of an action may look like, for example study.read-metadata.</summary>
internal static partial class ActionNames
{
    public static bool IsOne(string name) => Pattern().IsMatch(name);

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
