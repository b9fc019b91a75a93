using System.Text.RegularExpressions;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>Which files a policy set may hold, by their names. Only policies, obligations and actions decide; schema and cases say whether they are right.</summary>
internal static partial class PolicyFiles
{
    public const int FilesMax = 200;
    public const long BodyBytesMax = 8 * 1024 * 1024;

    /// <summary>The end of the names of files whose permits never grant. Not *.cedar: whoever loads those must not take them for permits.</summary>
    private const string ObligationEnding = ".obligations";

    private const string SchemaEnding = ".cedarschema";
    private const string CasesFolder = "tests/";

    public static bool IsPolicies(PolicyFile file) => file.Name.EndsWith(".cedar", StringComparison.Ordinal);

    public static bool IsObligations(PolicyFile file) => file.Name.EndsWith(ObligationEnding, StringComparison.Ordinal);

    public static bool IsSchema(PolicyFile file) => file.Name.EndsWith(SchemaEnding, StringComparison.Ordinal);

    public static bool IsCases(PolicyFile file) => file.Name.StartsWith(CasesFolder, StringComparison.Ordinal);

    public static bool IsEntities(PolicyFile file) =>
        file.Name.EndsWith(".json", StringComparison.Ordinal) && !IsCases(file)
        && file.Name is not (Obligations.ObligationCatalogue.FileName or ControlMapping.FileName);

    /// <summary>The set's own schema; null when it has none.</summary>
    public static PolicyFile? SchemaOf(IEnumerable<PolicyFile> files) => files.FirstOrDefault(IsSchema);

    /// <summary>What keeps the files from being kept at all: their names, their number, characters that the database does not take.</summary>
    public static IReadOnlyList<PolicyFault> Faults(IReadOnlyList<PolicyFile?> files)
    {
        if (files.Count > FilesMax)
        {
            return [Fault(null, $"A policy set has at most {FilesMax} files.")];
        }

        PolicyFile[] given = [.. files.OfType<PolicyFile>()];
        var faults = new List<PolicyFault>();
        if (given.Length < files.Count)
        {
            faults.Add(Fault(null, "A file is an object with a name and a text, not null."));
        }

        if (!given.Any(IsPolicies))
        {
            faults.Add(Fault(null, "A policy set has at least one file *.cedar."));
        }

        if (given.Count(IsSchema) > 1)
        {
            faults.Add(Fault(given.Last(IsSchema).Name, "A policy set has at most one file *.cedarschema: put everything into one."));
        }

        faults.AddRange(given.Where(file => !FileName().IsMatch(file.Name)).Select(file => Fault(
            file.Name, "A file is named *.cedar, *.obligations, *.cedarschema, *.json or tests/*.json, in letters, digits, dots, hyphens and underscores.")));
        faults.AddRange(given.Where(file => file.Text.Contains('\0', StringComparison.Ordinal)).Select(file => Fault(file.Name, "The file holds a NUL character.")));
        faults.AddRange(given.GroupBy(file => file.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => Fault(group.Key, "Two files have this name.")));
        return faults;
    }

    private static PolicyFault Fault(string? file, string sentence) => new(PolicyCompiler.Malformed, file, 0, 0, sentence);

    [GeneratedRegex(
        @"^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(?:cedar|cedarschema|json|obligations)|tests/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.json)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();
}
