namespace AccessGov.Cli;

/// <summary><c>policy conformance</c>: runs a folder in the format of the public Cedar integration tests.</summary>
internal static class ConformanceCommand
{
    public static Command Create(Terminal terminal)
    {
        var root = new Argument<string>("DIR") { Description = "The folder that paths inside the tests are relative to; tests are found anywhere below it, also through links." };
        Option<int> shown = InputOptions.ShownMax("How many disagreements are shown; all are counted.", 100);
        Option<bool> json = InputOptions.Json();
        Option<bool> progress = InputOptions.Progress();
        var command = new Command("conformance", "Compares this engine with the expectations of the public tests. Ends with 0 only when all agree.") { root, shown, json, progress };
        command.SetAction(parsed =>
        {
            string folder = parsed.GetRequiredValue(root);
            if (!Directory.Exists(folder))
            {
                throw new InputException($"{folder}: there is no such folder.");
            }

            ConformanceTally tally = new ConformanceRun(folder, terminal).All(parsed.GetValue(progress));
            int count = Math.Min(parsed.GetValue(shown), tally.Disagreements.Count);
            Action<Terminal, ConformanceTally, int> write = parsed.GetValue(json) ? WriteJson : WriteText;
            if (tally.Tests == 0)
            {
                terminal.Complain($"{folder}: there is no test in this folder.");
            }

            write(terminal, tally, count);
            return tally.AllAgree ? ExitCode.Good : ExitCode.Found;
        });
        return command;
    }

    private static void WriteText(Terminal terminal, ConformanceTally tally, int shown)
    {
        foreach (string disagreement in tally.Disagreements.Take(shown))
        {
            terminal.Line(disagreement, Colour.Red);
        }

        if (shown < tally.Disagreements.Count)
        {
            terminal.Line($"... and {tally.Disagreements.Count - shown} more disagreements");
        }

        foreach ((string file, string why) in tally.Skipped)
        {
            terminal.Line($"not read: {file}: {why}", Colour.Red);
        }

        foreach (string archive in tally.Archives)
        {
            terminal.Line($"not unpacked: {archive}");
        }

        string skipped = tally.Skipped.Count == 0 ? "" : $", {tally.Skipped.Count} files not read";
        string archives = tally.Archives.Count == 0 ? "" : $", {tally.Archives.Count} archives not unpacked";
        terminal.Line($"{tally.Tests} tests, {tally.Requests} requests{skipped}{archives}");
        terminal.Line(tally.ToString(), tally.AllAgree ? Colour.Green : Colour.Red);
    }

    private static void WriteJson(Terminal terminal, ConformanceTally tally, int shown) => terminal.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("ok", tally.AllAgree);
        writer.WriteNumber("tests", tally.Tests);
        writer.WriteNumber("requests", tally.Requests);
        foreach ((string name, ConformanceTally.Score score) in new[]
            { ("decisions", tally.Decisions), ("reasons", tally.Reasons), ("errors", tally.Errors), ("validation", tally.Validation) })
        {
            writer.WriteStartObject(name);
            writer.WriteNumber("agreed", score.Agreed);
            writer.WriteNumber("expected", score.Expected);
            writer.WriteEndObject();
        }

        writer.Strings("disagreements", tally.Disagreements.Take(shown));
        writer.Objects("notRead", tally.Skipped, skipped =>
        {
            writer.WriteString("file", skipped.File);
            writer.WriteString("message", skipped.Why);
        });
        writer.Strings("archives", tally.Archives);
        writer.WriteEndObject();
    });
}
