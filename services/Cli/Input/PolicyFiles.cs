using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>Policies from files and folders: texts, and policy sets as JSON.</summary>
internal static class PolicyFiles
{
    private static readonly string[] Patterns = ["*.cedar"];

    public static IReadOnlyList<string> Expand(IEnumerable<string> paths) => InputFile.Expand(paths, Patterns);

    /// <summary>The policies in this folder, without those of folders in it.</summary>
    /// <exception cref="InputException">There are none.</exception>
    public static IReadOnlyList<string> Beside(string folder) =>
        FolderWalk.FilesBeside(folder, Patterns) is { Count: > 0 } files ? files : throw new InputException($"{folder}: there is no {Patterns[0]} in this folder.");

    /// <summary>One set of everything. A policy's id is its <c>@id</c>, else <c>policyN</c>, counted through all texts; JSON brings its own ids.</summary>
    /// <exception cref="MalformedInputException">Some file is no policy set, or two policies have one id.</exception>
    public static PolicySet Load(IEnumerable<string> paths, Terminal terminal) =>
        LoadSource(paths, terminal).Policies;

    /// <inheritdoc cref="Load"/>
    public static PolicySource LoadSource(IEnumerable<string> paths, Terminal terminal) =>
        ParseSource([.. Expand(paths).Select(path => InputFile.Read(path, terminal))]);

    public static PolicySet Parse(IReadOnlyList<InputFile> files) => ParseSource(files).Policies;

    public static PolicySource ParseSource(IReadOnlyList<InputFile> files)
    {
        var written = new Dictionary<Policy, (string File, JsonPlaces Places)>();
        var findings = new List<Finding>();
        var sets = new List<PolicySet>();
        try
        {
            sets.Add(PolicySet.Parse(files.Where(file => !file.IsJson).Select(file => (file.Name, file.Text())), ChooseId));
        }
        catch (PolicySyntaxException refused)
        {
            findings.AddRange(Malformed(refused).Findings);
        }

        foreach (InputFile file in files.Where(file => file.IsJson))
        {
            try
            {
                var set = PolicySetJson.Parse(file.Json());
                sets.Add(set);
                var places = new JsonPlaces(file.Json());
                foreach (Policy policy in set.Policies)
                {
                    written.Add(policy, (file.Name, places));
                }
            }
            catch (PolicyJsonException refused)
            {
                findings.AddRange(FileEnding.OfPolicies(Malformed(file, refused).Findings));
            }
        }

        return findings.Count > 0 ? throw new MalformedInputException(findings) : Combine(sets, written);
    }

    public static MalformedInputException Malformed(InputFile file, PolicyJsonException refused)
    {
        ReadOnlyMemory<byte> utf8 = file.Json();
        return refused.InnerException is JsonException malformed
            ? JsonSyntax.Malformed(file.Name, utf8, malformed, "a policy may: 250 levels of an expression, 10,000 links of a chain")
            : new MalformedInputException([InputDocument.PlaceIn(file.Name, utf8).Follow(refused.Path).Finding("json", refused.Problem)]);
    }

    public static MalformedInputException Malformed(PolicySyntaxException refused) =>
        new([.. FileEnding.OfPolicies(refused.Errors.Select(error => Finding.At(Severity.Error, "syntax", error.Position, error.Message)))]);

    public static string ChooseId(Policy policy) => policy.Annotations.GetValueOrDefault("id") is { Length: > 0 } id ? id : policy.Id;

    private static PolicySource Combine(List<PolicySet> sets, Dictionary<Policy, (string File, JsonPlaces Places)> written)
    {
        var known = new Dictionary<string, Policy>(StringComparer.Ordinal);
        var source = new PolicySource(PolicySet.Empty, written);
        var findings = new List<Finding>();
        foreach (Policy policy in sets.SelectMany(set => set.Policies))
        {
            if (!known.TryAdd(policy.Id, policy))
            {
                findings.Add(source.At(
                    Severity.Error, "id", policy, policy.Position,
                    $"Another policy has this id already, at {source.PlaceOf(known[policy.Id])}; give one of them another id: a text by `@id`, JSON by its key."));
            }
        }

        return findings.Count > 0 ? throw new MalformedInputException(findings)
            : source with { Policies = sets.Count == 1 ? sets[0] : PolicySet.Combine(sets) };
    }
}
