using System.Text.Json;
using System.Text.RegularExpressions;

namespace AccessGov.Cli;

/// <summary><c>policy translate</c>: policies and schemas from text to JSON and from JSON to text.</summary>
internal static partial class TranslateCommand
{
    public static Command Create(Terminal terminal)
    {
        var path = new Argument<string>("FILE") { Description = "What to translate; `-` is the standard input." };
        var kind = new Option<string?>("--as") { Description = "What it is; found out when left out. A single policy as text needs --as policy to become the JSON of one policy." };
        kind.AcceptOnlyFromAmong("policy", "set", "schema");
        var command = new Command("translate", "Translates a policy, a policy set or a schema: text becomes JSON, JSON becomes text.") { path, kind };
        command.SetAction(parsed =>
        {
            InputFile file = InputFile.Read(parsed.GetRequiredValue(path), terminal);
            string? named = parsed.GetValue(kind);
            terminal.Raw((named ?? Guess(file), file.IsJson) switch
            {
                ("set", false) when named is null && SchemaStart().IsMatch(file.Text()) =>
                    throw new InputException($"{file.Name}: this begins as a schema does, and is taken for policies; say --as schema, or name the file *.cedarschema."),
                ("schema", true) => SchemaText(file),
                ("schema", false) => Printable.Json(SchemaFiles.Fragment(file).ToJson()) + "\n",
                ("policy", true) => PolicyText(file),
                ("policy", false) => Json(file, Single(file), PolicyJson.Write, PolicyJson.Write),
                (_, true) => PolicySetText.Write(PolicyFiles.Parse([file])),
                (_, false) => Json(file, PolicyFiles.Parse([file]), PolicySetJson.Write, PolicySetJson.Write),
            });
            return ExitCode.Good;
        });
        return command;
    }

    private static string Guess(InputFile file)
    {
        if (!file.IsJson)
        {
            return file.Name.EndsWith(".cedarschema", StringComparison.OrdinalIgnoreCase) ? "schema" : "set";
        }

        HashSet<string> keys = JsonSyntax.Keys(file);
        return keys.Overlaps(["staticPolicies", "templates", "templateLinks"]) ? "set" : keys.Contains("effect") ? "policy" : "schema";
    }

    // Comments and annotations may come first; a policy goes on with its effect.
    [GeneratedRegex("""\A(\s|//[^\n]*\n|@\w+(\s*\(\s*"([^"\\]|\\.)*"\s*\))?\s)*(entity|action|type|namespace)\s""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SchemaStart();

    // Policies are written as deep as they are read, and no deeper.
    private static string Json<T>(InputFile file, T policies, Action<Utf8JsonWriter, T> write, Func<T, string> writeDeep)
    {
        try
        {
            return JsonOutput.Text(writer => write(writer, policies), () => writeDeep(policies));
        }
        catch (PolicyJsonException)
        {
            throw new InputException($"{file.Name}: a policy nests deeper than JSON of policies may: chains of thousands of links inside each other; split it.");
        }
    }

    private static string SchemaText(InputFile file)
    {
        try
        {
            return Printable.Lines(SchemaFiles.Fragment(file).ToText());
        }
        catch (SchemaException refused)
        {
            throw SchemaFiles.Malformed(refused, [file]);
        }
    }

    private static string PolicyText(InputFile file)
    {
        try
        {
            return PolicySetText.Write(PolicyJson.Parse(file.Json()));
        }
        catch (PolicyJsonException refused)
        {
            throw PolicyFiles.Malformed(file, refused);
        }
    }

    private static Policy Single(InputFile file) => PolicyFiles.Parse([file]).Policies is [var only]
        ? only
        : throw new InputException($"{file.Name}: --as policy needs a text of exactly one policy.");
}
