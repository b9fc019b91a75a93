namespace AccessGov.Cli;

/// <summary>A named file is read whatever its ending. Where it turns out to hold something else, its ending may say why.</summary>
internal static class FileEnding
{
    /// <summary>The same, and with the first of a file that is not named as policies are, how those are named.</summary>
    public static IEnumerable<Finding> OfPolicies(IEnumerable<Finding> findings) => Doubted(
        findings,
        file => !EndsIn(file, ".cedar", ".json") || EndsIn(file, ".cedarschema.json"),
        "The file was read as policies, which end in .cedar or, as JSON, in .json; a schema ends in .cedarschema or .cedarschema.json and follows --schema.");

    /// <summary>The same, and with the first of a file that is not named as schemas are, how those are named.</summary>
    public static IEnumerable<Finding> OfSchemas(IEnumerable<Finding> findings) => Doubted(
        findings,
        file => !EndsIn(file, ".cedarschema", ".json"),
        "The file was read as a schema, which ends in .cedarschema or, as JSON, in .json; policies end in .cedar or .json.");

    private static IEnumerable<Finding> Doubted(IEnumerable<Finding> findings, Predicate<string> isDoubtful, string doubt)
    {
        // Without an ending it is the standard input or something that a shell made up.
        var doubted = new HashSet<string>(StringComparer.Ordinal);
        return findings.Select(finding => finding.File is { } file && Path.HasExtension(file) && isDoubtful(file) && doubted.Add(file)
            ? finding with { Suggestion = doubt }
            : finding);
    }

    private static bool EndsIn(string file, params string[] endings) => Array.Exists(endings, ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
