namespace AccessGov.Cli;

/// <summary><c>policy check</c>: do the policies parse, fit their schema, and can each of them ever apply.</summary>
internal static class CheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Policies: files and folders.", Arity = ArgumentArity.OneOrMore };
        Option<string[]> schema = InputOptions.Schema();
        Option<int> level = InputOptions.Number("--level", "How many references a policy may follow one after the other (needs --schema).", 0, int.MaxValue);
        var strict = new Option<bool>("--strict-warnings") { Description = "Fail on warnings too." };
        Option<string[]> entities = InputOptions.Entities();
        entities.Description = "Entities as JSON, one file or several: warn of policies that never apply to them or are shadowed by a forbid.";
        Option<bool> json = InputOptions.Json();
        Option<bool> progress = InputOptions.Progress();
        var command = new Command("check", "Parses policies and, with a schema, validates them. Ends with 1 when something is wrong.")
        {
            paths, schema, entities, level, strict, json, progress,
        };
        command.SetAction(parsed =>
        {
            int? asked = parsed.GetResult(level) is null ? null : parsed.GetValue(level);
            if (asked is not null && parsed.GetRequiredValue(schema).Length == 0)
            {
                throw new InputException("--level needs --schema.");
            }

            InputFile[] files = [.. PolicyFiles.Expand(parsed.GetRequiredValue(paths)).Select(path => InputFile.Read(path, terminal))];
            IReadOnlyList<InputFile> schemas = SchemaFiles.Read(parsed.GetRequiredValue(schema), terminal);
            var findings = new List<Finding>();
            Schema? known = Collect(findings, () => schemas.Count > 0 ? SchemaFiles.Parse(schemas) : null);
            PolicySource? source = Collect(findings, () => PolicyFiles.ParseSource(files));
            bool hasData = parsed.GetRequiredValue(entities).Length > 0 && (known is not null || schemas.Count == 0);
            EntityStore? data = Collect(findings, () => hasData ? EntityFiles.Load(parsed.GetRequiredValue(entities), known, terminal) : null);
            if (source is not null)
            {
                findings.AddRange(Check(source, known, data, asked));
                findings.AddRange(data is null ? [] : DataFindings.Shadowed(source, data, terminal, parsed.GetValue(progress)));
            }

            findings.AddRange(files.Concat(schemas).SelectMany(HiddenCharacters.In));
            return Write(terminal, parsed.GetValue(json), source?.Policies, findings, parsed.GetValue(strict));
        });
        return command;
    }

    private static T? Collect<T>(List<Finding> findings, Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (MalformedInputException malformed)
        {
            findings.AddRange(malformed.Findings);
            return null;
        }
    }

    private static List<Finding> Check(PolicySource source, Schema? schema, EntityStore? data, int? level)
    {
        var findings = new List<Finding>();
        var impossible = new HashSet<Policy>();
        if (schema is not null)
        {
            ValidationResult result = new Validator(schema).Validate(source.Policies, level);
            findings.AddRange(result.Errors.Select(error =>
                source.At(Severity.Error, error.Kind.ToString(), error.Policy, error.Position, error.Problem) with { Suggestion = error.Suggestion }));
            findings.AddRange(result.Warnings.Select(warning =>
                source.At(Severity.Warning, warning.Kind.ToString(), warning.Policy, warning.Position, warning.Problem) with { Suggestion = warning.Suggestion }));
            impossible.UnionWith(result.Warnings.Where(warning => warning.Kind == ValidationWarningKind.ImpossiblePolicy).Select(warning => warning.Policy));
        }
        else
        {
            findings.AddRange(MalformedLiterals.Find(source.Policies).Select(literal =>
                source.At(Severity.Error, "MalformedLiteral", literal.Policy, literal.Position, literal.Problem) with { Suggestion = literal.Suggestion }));
        }

        findings.AddRange(DataFindings.NeverApplying(source, data, impossible));
        return findings;
    }

    private static int Write(Terminal terminal, bool asJson, PolicySet? policies, List<Finding> findings, bool failsOnWarnings)
    {
        int errors = findings.Count(finding => finding.Severity == Severity.Error);
        int warnings = findings.Count - errors;
        bool isGood = errors == 0 && (warnings == 0 || !failsOnWarnings);
        if (asJson)
        {
            terminal.Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("ok", isGood);
                writer.WriteNumber("policies", policies?.Policies.Count ?? 0);
                writer.WriteNumber("errors", errors);
                writer.WriteNumber("warnings", warnings);
                writer.Objects("findings", findings, writer.Finding);
                writer.WriteEndObject();
            });
        }
        else
        {
            foreach (Finding finding in findings)
            {
                terminal.Line(finding.ToString(), finding.Severity == Severity.Error ? Colour.Red : Colour.Yellow);
            }

            terminal.Line($"{(policies is null ? "" : $"{policies.Policies.Count} policies, ")}{errors} errors, {warnings} warnings", isGood ? Colour.Green : Colour.Red);
        }

        return isGood ? ExitCode.Good : ExitCode.Found;
    }
}
