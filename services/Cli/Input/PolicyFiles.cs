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
        Parse([.. Expand(paths).Select(path => InputFile.Read(path, terminal))]);

    public static PolicySet Parse(IReadOnlyList<InputFile> files) => ParseSource(files).Policies;

    public static PolicySource ParseSource(IReadOnlyList<InputFile> files)
    {
        var pointers = new Dictionary<Policy, string>();
        var findings = new List<Finding>();
        var sets = new List<PolicySet>();
        try
        {
            sets.Add(PolicySet.Parse(files.Where(file => !file.IsJson).Select(file => (file.Name, file.Text())), ChooseId));
        }
        catch (PolicySyntaxException refused)
        {
            findings.AddRange(refused.Errors.Select(error => Finding.At(Severity.Error, "syntax", error.Position, error.Message)));
        }

        foreach (InputFile file in files.Where(file => file.IsJson))
        {
            try
            {
                var set = PolicySetJson.Parse(file.Json());
                sets.Add(set);
                foreach (Policy policy in set.Policies)
                {
                    pointers.Add(policy, PolicySource.Pointer(file, policy));
                }
            }
            catch (PolicyJsonException refused)
            {
                findings.Add(new Finding(Severity.Error, "json", file.Name, refused.Message));
            }
        }

        return findings.Count > 0 ? throw new MalformedInputException(findings) : new PolicySource(Combine(sets), pointers);
    }

    public static string ChooseId(Policy policy) => policy.Annotations.GetValueOrDefault("id") is { Length: > 0 } id ? id : policy.Id;

    private static PolicySet Combine(List<PolicySet> sets)
    {
        try
        {
            return sets.Count == 1 ? sets[0] : PolicySet.Combine(sets);
        }
        catch (ArgumentException refused)
        {
            throw new MalformedInputException([new Finding(Severity.Error, "id", null, refused.Message)]);
        }
    }
}
