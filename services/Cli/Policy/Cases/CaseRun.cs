namespace AccessGov.Cli;

/// <summary>What became of one case: nothing in <c>Failures</c> when it passed.</summary>
internal sealed record CaseOutcome(string File, Case Case, Response? Response, IReadOnlyList<string> Failures)
{
    public bool Passed => Failures.Count == 0;

    /// <summary>Line and column of the case.</summary>
    public (int Line, int Column) Position => Case.Place.Position ?? (1, 1);

    /// <summary><c>file:line:column: name</c>.</summary>
    public string Title => $"{File}:{Position.Line}:{Position.Column}: {Case.Name}";

    /// <summary>The policies that could not be evaluated, with why, as far as the case does not say that they cannot.</summary>
    public IEnumerable<string> Unexpected => Response is null ? []
        : Response.Errors.Where(error => Case.Errors?.Contains(error.Policy.Id, StringComparer.Ordinal) != true).Select(error => $"{error.Policy.Id}: {error.Error.Message}");
}

/// <summary>Runs files of cases. Policy sets are loaded once, and their coverage counts over all files that use them.</summary>
internal sealed class CaseRun(Terminal terminal)
{
    private static readonly ExplanationOptions TreesOnly = new() { NearestMax = 0, CounterfactualsMax = 0 };

    private readonly Dictionary<string, (CompiledPolicySet Policies, ConditionCoverage Coverage)> sets = new(StringComparer.Ordinal);

    public IEnumerable<ConditionCoverage> Coverage => sets.Values.Select(set => set.Coverage);

    public IEnumerable<CaseOutcome> Run(CaseFile file)
    {
        (CompiledPolicySet policies, ConditionCoverage coverage) = Load(file);
        Schema? schema = SchemaFiles.Load(file.Schema, terminal);
        List<EntitySource> sources = [.. file.EntityFiles.Select(path => EntitySource.Of(InputFile.Read(path, terminal)))];
        if (file.InlineEntities is { } inline)
        {
            sources.Add(inline);
        }

        EntityStore store = EntityFiles.Store(sources, schema);
        foreach (Case @case in file.Cases)
        {
            yield return Run(file.Name, @case, policies, store, schema, coverage);
        }
    }

    private static CaseOutcome Run(string file, Case @case, CompiledPolicySet policies, EntityStore store, Schema? schema, ConditionCoverage coverage)
    {
        try
        {
            Place place = @case.Place;
            Request request = RequestReader.Request(@case.Principal, @case.Action, @case.Resource, @case.Context, schema, place, place.Member("context"));
            EntityStore own = @case.Entities is { } more ? EntityFiles.Replace(store, EntitySource.Inside(place.Member("entities"), more), schema) : store;
            Explanation explanation = Explainer.Explain(policies, in request, own, TreesOnly);
            coverage.Add(explanation);
            return new CaseOutcome(file, @case, explanation.Response, Compare(@case, explanation.Response));
        }
        catch (MalformedInputException refused) when (refused.IsNonconforming)
        {
            return new CaseOutcome(file, @case, null, refused.LinesIn(file));
        }
    }

    private static List<string> Compare(Case @case, Response response)
    {
        var failures = new List<string>();
        if (response.Decision != @case.Decision)
        {
            failures.Add($"expected {Lower(@case.Decision)}, got {Lower(response.Decision)} because of [{string.Join(", ", response.Reasons)}]");
        }

        Ids("reasons", @case.Reasons, response.Reasons.Select(policy => policy.Id));
        Ids("errors", @case.Errors, response.Errors.Select(error => error.Policy.Id));
        return failures;

        void Ids(string what, IReadOnlyList<string>? expected, IEnumerable<string> actual)
        {
            if (expected is not null && !expected.ToHashSet(StringComparer.Ordinal).SetEquals(actual))
            {
                failures.Add($"expected {what} [{string.Join(", ", expected)}], got [{string.Join(", ", actual)}]");
            }
        }
    }

    private static string Lower(Decision decision) => decision.ToString().ToLowerInvariant();

    private (CompiledPolicySet Policies, ConditionCoverage Coverage) Load(CaseFile file)
    {
        IReadOnlyList<string> paths = [.. PolicyFiles.Expand(file.Policies).Select(Shorten)];
        string key = string.Join('\n', paths);
        if (!sets.TryGetValue(key, out (CompiledPolicySet Policies, ConditionCoverage Coverage) set))
        {
            PolicySet policies = PolicyFiles.Load(paths, terminal);
            set = (policies.Compile(), new ConditionCoverage(policies));
            sets.Add(key, set);
        }

        return set;
    }

    private static string Shorten(string path) => Path.GetRelativePath(Environment.CurrentDirectory, path) is var relative && relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
}
