using System.CommandLine.Parsing;

namespace AccessGov.Cli;

/// <summary>The commands, and the one place that turns a refusal into an exit code.</summary>
internal static class CommandLine
{
    public static int Run(string[] args, Terminal terminal)
    {
        ParseResult parsed = Root(terminal).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            string[] errors = [.. parsed.Errors.Select(error => OneLine(error.Message))];
            foreach (string error in errors)
            {
                terminal.Complain(error);
            }

            terminal.Complain($"See `{Name(parsed.CommandResult)} --help`.");
            return Refuse(terminal, parsed, string.Join('\n', errors), []);
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { Output = terminal.Output, Error = terminal.Error, EnableDefaultExceptionHandler = false });
        }
        catch (InputException refused)
        {
            foreach (string line in refused.Lines)
            {
                terminal.Complain(line);
            }

            return Refuse(terminal, parsed, refused.Message, refused is MalformedInputException malformed ? malformed.Findings : []);
        }
        catch (InsufficientExecutionStackException)
        {
            const string TooDeep = "An input nests too deeply.";
            terminal.Complain(TooDeep);
            return Refuse(terminal, parsed, TooDeep, []);
        }
    }

    // The parser lists choices below each other.
    private static string OneLine(string message) => message.Replace($"{Environment.NewLine}\t", " ", StringComparison.Ordinal);

    // A program that asked for JSON reads JSON, whatever came of it.
    private static int Refuse(Terminal terminal, ParseResult parsed, string error, IReadOnlyList<Finding> findings)
    {
        if (AsksForJson(parsed))
        {
            terminal.Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("ok", false);
                writer.WriteString("error", error);
                writer.Objects("findings", findings, writer.Finding);
                writer.WriteEndObject();
            });
        }

        return ExitCode.Unusable;
    }

    // Where no command was recognised, or one that has no such option, the word itself says it.
    private static bool AsksForJson(ParseResult parsed)
    {
        Option<bool>? json = parsed.CommandResult.Command.Options.OfType<Option<bool>>().FirstOrDefault(option => option.Name == "--json");
        return json is null
            ? parsed.Tokens.Any(token => token.Value == "--json")
            : parsed.GetResult(json) is { Implicit: false } given && !given.Errors.Any() && parsed.GetValue(json);
    }

    private static RootCommand Root(Terminal terminal) => new("Checks, tests, explains and translates access policies; verifies audit trails.")
    {
        new Command("policy", "Works with Cedar policies, schemas and entities.")
        {
            CheckCommand.Create(terminal),
            FormatCommand.Create(terminal),
            TestCommand.Create(terminal),
            AuthorizeCommand.Create(terminal),
            ExplainCommand.Create(terminal),
            MatrixCommand.Create(terminal),
            DiffCommand.Create(terminal),
            TranslateCommand.Create(terminal),
            ConformanceCommand.Create(terminal),
        },
        new Command("audit", "Works with audit trails.")
        {
            VerifyCommand.Create(terminal),
        },
    };

    private static string Name(SymbolResult result)
    {
        var words = new Stack<string>();
        for (SymbolResult? at = result; at is not null; at = at.Parent)
        {
            words.Push(at is CommandResult { Command: RootCommand } ? "accessgov" : ((CommandResult)at).Command.Name);
        }

        return string.Join(' ', words);
    }
}
