using System.Text.Json;

namespace AccessGov.Cli;

/// <summary><c>policy conformance</c>: runs a folder in the format of the public Cedar integration tests.</summary>
internal static class ConformanceCommand
{
    public static Command Create(Terminal terminal)
    {
        var root = new Argument<string>("DIR") { Description = "The folder that paths inside the tests are relative to; tests are found anywhere below it, also through links." };
        var shown = new Option<int>("--shown-max") { Description = "How many disagreements are shown; all are counted.", DefaultValueFactory = _ => 100, HelpName = "N" };
        Option<bool> json = InputOptions.Json();
        Option<bool> progress = InputOptions.Progress();
        var command = new Command("conformance", "Compares this engine with the expectations of the public tests. Ends with 0 only when all agree.") { root, shown, json, progress };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(shown) < 0)
            {
                throw new InputException("--shown-max takes a number from 0.");
            }

            string folder = parsed.GetRequiredValue(root);
            if (!Directory.Exists(folder))
            {
                throw new InputException($"{folder}: there is no such folder.");
            }

            ConformanceTally tally = Run(folder, terminal, parsed.GetValue(progress));
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

    private static ConformanceTally Run(string folder, Terminal terminal, bool forcesProgress)
    {
        IReadOnlyList<string> files = FolderWalk.Files(folder, "*.json");
        var tally = new ConformanceTally();
        using var progress = new ProgressLine(terminal, forcesProgress, "files", files.Count);
        for (int i = 0; i < files.Count; i++)
        {
            RunFile(folder, files[i], terminal, tally);
            progress.Report(i + 1);
        }

        return tally;
    }

    private static void RunFile(string folder, string path, Terminal terminal, ConformanceTally tally)
    {
        string name = Path.GetRelativePath(folder, path);
        InputFile file;
        try
        {
            file = InputFile.Read(path, terminal);
        }
        catch (InputException refused)
        {
            Unreadable(name, refused.Message, tally);
            return;
        }

        // Entities are arrays; most files of a corpus need no closer look.
        if (!file.IsJsonObject)
        {
            return;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(file.Json(), new JsonDocumentOptions { MaxDepth = 2 * ValueJson.DepthMax });
            if (ConformanceTest.IsTest(document.RootElement))
            {
                new ConformanceTest(name, document.RootElement, inner => Open(folder, inner, terminal), tally).Run();
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InputException && file.Content.AsSpan().IndexOf("\"requests\""u8) >= 0)
        {
            Unreadable(name, malformed.Message, tally);
        }
        catch (Exception malformed) when (malformed is JsonException or InputException)
        {
            // Broken JSON that names no requests is no test, and none of our business.
        }
    }

    // How much it would have asked nobody knows; that its decision and verdict are missing counts all the same.
    private static void Unreadable(string name, string why, ConformanceTally tally)
    {
        tally.Tests++;
        tally.Decisions.Add(agrees: false);
        tally.Validation.Add(agrees: false);
        tally.Disagree(name, $"the test cannot be read: {why}");
    }

    private static InputFile Open(string folder, string inner, Terminal terminal)
    {
        string root = Path.GetFullPath(folder);
        string path;
        try
        {
            path = Path.GetFullPath(Path.Combine(root, inner));
        }
        catch (ArgumentException impossible)
        {
            throw new InputException($"{inner}: {impossible.Message}");
        }

        return path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? InputFile.Read(path, terminal) with { Name = inner }
            : throw new InputException($"{inner}: this leads out of the folder of the tests.");
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

        terminal.Line($"{tally.Tests} tests, {tally.Requests} requests");
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
        writer.WriteEndObject();
    });
}
