using System.Text;

namespace AccessGov.Cli;

/// <summary><c>policy format</c>: one look for all policies. Blanks and line ends change, nothing else.</summary>
internal static class FormatCommand
{
    public static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files and folders; the standard input when left out.", Arity = ArgumentArity.ZeroOrMore };
        var check = new Option<bool>("--check") { Description = "Change nothing; name what would change and end with 1." };
        var write = new Option<bool>("--write", "-w") { Description = "Change the files." };
        Option<int> width = InputOptions.Number("--width", "Columns of a line, 20 to 1000.", 20, 1000, FormatOptions.Default.LineWidth);
        Option<int> indent = InputOptions.Number("--indent", "Blanks of a level, 0 to 8.", 0, 8, FormatOptions.Default.IndentWidth);
        Option<bool> json = InputOptions.Json();
        json.Description = "With --check or --write: write the names as JSON.";
        var command = new Command("format", "Formats policies, to the standard output unless --check or --write is given.") { paths, check, write, width, indent, json };
        command.SetAction(parsed =>
        {
            string[] named = parsed.GetRequiredValue(paths);
            bool writes = parsed.GetValue(write);
            bool checks = parsed.GetValue(check);
            if ((writes && checks) || (writes && (named.Length == 0 || named.Contains("-"))) || (parsed.GetValue(json) && !writes && !checks))
            {
                throw new InputException("--write: needs files and goes without --check; --json needs one of the two.");
            }

            var options = new FormatOptions { LineWidth = parsed.GetValue(width), IndentWidth = parsed.GetValue(indent) };
            Formatted[] files = [.. PolicyFiles.Expand(named.Length == 0 ? ["-"] : named).Select(path => Format(path, options, terminal))];
            foreach (Finding hidden in files.SelectMany(file => file.Hidden))
            {
                terminal.Complain(hidden.ToString());
            }

            if (!writes && !checks)
            {
                terminal.Raw(string.Concat(files.Select(file => file.After)));
                return ExitCode.Good;
            }

            return Report(terminal, files, writes, parsed.GetValue(json));
        });
        return command;
    }

    private static Formatted Format(string path, FormatOptions options, Terminal terminal)
    {
        InputFile file = InputFile.Read(path, terminal);
        string text = file.Text();
        try
        {
            return new Formatted(path, file.Name, text, PolicyFormatter.Format(text, file.Name, options), [.. HiddenCharacters.In(file)]);
        }
        catch (PolicySyntaxException refused)
        {
            throw PolicyFiles.Malformed(refused);
        }
    }

    private static int Report(Terminal terminal, Formatted[] files, bool writes, bool asJson)
    {
        Formatted[] changed = [.. files.Where(file => file.Before != file.After)];
        foreach (Formatted file in writes ? changed : [])
        {
            Replace(file);
        }

        if (asJson)
        {
            terminal.Json(writer =>
            {
                writer.WriteStartObject();
                writer.Strings("changed", changed.Select(file => file.Name));
                writer.WriteNumber("unchanged", files.Length - changed.Length);
                writer.Objects("findings", files.SelectMany(file => file.Hidden), writer.Finding);
                writer.WriteEndObject();
            });
        }
        else
        {
            foreach (Formatted file in changed)
            {
                terminal.Line(writes ? $"{file.Name}: formatted" : $"{file.Name}: would change", Colour.Yellow);
            }
        }

        return changed.Length > 0 && !writes ? ExitCode.Found : ExitCode.Good;
    }

    // Through a file beside it, so that no moment and no full disk leaves half a policy.
    private static void Replace(Formatted file)
    {
        string target = File.ResolveLinkTarget(file.Path, returnFinalTarget: true)?.FullName ?? file.Path;
        string beside = $"{target}.{Guid.NewGuid():N}.formatted";
        try
        {
            // A new file of ours: never one that was there, and never through a link.
            using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(file.After));
                stream.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(beside, File.GetUnixFileMode(target));
            }

            File.Move(beside, target, overwrite: true);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            File.Delete(beside);
            throw new InputException($"{file.Path}: cannot be written: {refused.Message}");
        }
    }

    private sealed record Formatted(string Path, string Name, string Before, string After, IReadOnlyList<Finding> Hidden);
}
