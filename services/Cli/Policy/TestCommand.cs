using System.Globalization;

namespace AccessGov.Cli;

/// <summary><c>policy test</c>: runs cases that stand beside the policies, and counts what they cover.</summary>
internal static class TestCommand
{
    public static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files of cases, and folders: all *.cases.json, *.cases.yaml and *.cases.yml below.", Arity = ArgumentArity.OneOrMore };
        var minimum = new Option<double>("--coverage-min")
        {
            Description = "End with 1 when less is covered, in percent.", HelpName = "PERCENT",
            CustomParser = result =>
            {
                bool isPercent = double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent <= 100;
                if (!isPercent)
                {
                    result.AddError($"--coverage-min takes 0 to 100; `{result.Tokens[0].Value}` is none of that.");
                }

                return isPercent ? percent : 0;
            },
        };
        Option<bool> json = InputOptions.Json();
        Option<bool> progress = InputOptions.Progress();
        var command = new Command("test", "Runs cases: requests with the decisions they must get. Ends with 1 when a case fails.") { paths, minimum, json, progress };
        command.SetAction(parsed =>
        {
            double least = parsed.GetValue(minimum);
            CaseFile[] files = [.. InputFile.Expand(parsed.GetRequiredValue(paths), CaseFile.Patterns).Select(path => CaseFile.Read(path, terminal))];
            var run = new CaseRun(terminal);
            CaseOutcome[] outcomes = Run(run, files, terminal, parsed.GetValue(progress));
            ClauseCoverage[] clauses = [.. run.Coverage.SelectMany(coverage => coverage.Clauses)];
            double percent = Percent(clauses);
            bool isGood = outcomes.All(outcome => outcome.Passed) && percent >= least;
            if (parsed.GetValue(json))
            {
                WriteJson(terminal, outcomes, clauses, percent, isGood);
            }
            else
            {
                WriteText(terminal, outcomes, clauses, percent, least);
            }

            return isGood ? ExitCode.Good : ExitCode.Found;
        });
        return command;
    }

    private static CaseOutcome[] Run(CaseRun run, CaseFile[] files, Terminal terminal, bool forcesProgress)
    {
        int total = files.Sum(file => file.Cases.Count);
        if (total == 0)
        {
            throw new InputException($"There is no case in {string.Join(", ", files.Select(file => file.Name))}; write some into `requests`.");
        }

        using var progress = new ProgressLine(terminal, forcesProgress, "cases", total);
        var outcomes = new List<CaseOutcome>(total);
        foreach (CaseOutcome outcome in files.SelectMany(run.Run))
        {
            outcomes.Add(outcome);
            progress.Report(outcomes.Count);
        }

        return [.. outcomes];
    }

    private static double Percent(ClauseCoverage[] clauses) =>
        clauses.Length == 0 ? 100 : Math.Floor(1_000.0 * clauses.Sum(clause => clause.Seen) / clauses.Sum(clause => clause.Wanted)) / 10;

    private static void WriteText(Terminal terminal, CaseOutcome[] outcomes, ClauseCoverage[] clauses, double percent, double least)
    {
        var table = new TextTable("policy", "reached", "true", "false", "error", "clause");
        foreach (ClauseCoverage clause in clauses)
        {
            table.Add(clause.Missing.Length == 0 ? Colour.None : Colour.Yellow, clause.Policy.Id, $"{clause.Reached}", $"{clause.True}", $"{clause.False}", $"{clause.Error}", clause.Text);
        }

        table.Write(terminal);
        terminal.Line();
        foreach (ClauseCoverage clause in clauses.Where(clause => clause.Missing.Length > 0))
        {
            terminal.Line($"{(clause.Position.File is null ? "" : $"{clause.Position}: ")}not covered: policy `{clause.Policy.Id}`: {clause.Text}: {clause.Missing}", Colour.Yellow);
        }

        // Cedar skips what cannot be evaluated; that is why a case fails, or what one that passes should not hide.
        foreach (CaseOutcome outcome in outcomes)
        {
            string errors = outcome.Unexpected.Any() ? $"in error: {string.Join("; ", outcome.Unexpected)}" : "";
            if (!outcome.Passed)
            {
                terminal.Line($"FAILED {outcome.Title}: {string.Join("; ", errors.Length == 0 ? outcome.Failures : [.. outcome.Failures, errors])}", Colour.Red);
            }
            else if (errors.Length > 0)
            {
                terminal.Line($"note: {outcome.Title}: {errors}", Colour.Yellow);
            }
        }

        int passed = outcomes.Count(outcome => outcome.Passed);
        terminal.Line($"{outcomes.Length} cases, {passed} passed, {outcomes.Length - passed} failed", passed == outcomes.Length ? Colour.Green : Colour.Red);
        terminal.Line($"coverage {percent:0.0} %{(percent < least ? $", less than {least} %" : "")}", percent < least ? Colour.Red : Colour.None);
    }

    private static void WriteJson(Terminal terminal, CaseOutcome[] outcomes, ClauseCoverage[] clauses, double percent, bool isGood) => terminal.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("ok", isGood);
        writer.WriteNumber("passed", outcomes.Count(outcome => outcome.Passed));
        writer.WriteNumber("failed", outcomes.Count(outcome => !outcome.Passed));
        writer.WriteNumber("coverage", percent);
        writer.Objects("cases", outcomes, outcome =>
        {
            writer.WriteString("file", outcome.File);
            writer.WriteNumber("line", outcome.Position.Line);
            writer.WriteNumber("column", outcome.Position.Column);
            writer.WriteString("name", outcome.Case.Name);
            writer.WriteBoolean("passed", outcome.Passed);
            writer.Strings("failures", outcome.Failures);
            if (outcome.Response is { } response)
            {
                writer.Response(response);
            }
        });
        writer.Objects("clauses", clauses, clause =>
        {
            writer.WriteString("policy", clause.Policy.Id);
            writer.WriteString("file", clause.Position.File);
            writer.WriteNumber("line", clause.Position.Line);
            writer.WriteNumber("column", clause.Position.Column);
            writer.WriteString("text", clause.Text);
            writer.WriteNumber("reached", clause.Reached);
            writer.WriteNumber("true", clause.True);
            writer.WriteNumber("false", clause.False);
            writer.WriteNumber("error", clause.Error);
            writer.WriteString("missing", clause.Missing);
        });
        writer.WriteEndObject();
    });
}
