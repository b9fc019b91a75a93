using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>Options that several commands have, spelled and described once.</summary>
internal static class InputOptions
{
    public static Option<string[]> Policies() => new("--policies", "-p")
    {
        Description = "Policies: files (text, or a policy set as JSON) and folders (all *.cedar in them).", Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "PATH",
    };

    public static Option<string[]> Schema() => new("--schema", "-s")
    {
        Description = "The schema: one file or several, text or JSON.", AllowMultipleArgumentsPerToken = true, HelpName = "FILE", DefaultValueFactory = _ => [],
    };

    public static Option<string[]> Entities() => new("--entities", "-e")
    {
        Description = "Entities as JSON: one file or several.", AllowMultipleArgumentsPerToken = true, HelpName = "FILE", DefaultValueFactory = _ => [],
    };

    /// <summary>An option that takes a whole number; what is none, or beyond the bounds, is refused in our words.</summary>
    public static Option<int> Number(string name, string description, int least, int most, int? otherwise = null) => new(name)
    {
        Description = description, HelpName = "N", DefaultValueFactory = otherwise is { } value ? _ => value : null,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
            {
                return number;
            }

            string bounds = most == int.MaxValue ? $"from {least}" : $"from {least} to {most}";
            result.AddError($"{name} takes a number {bounds}; `{text}` is none.");
            return least;
        },
    };

    public static Option<int> ShownMax(string description, int otherwise) => Number("--shown-max", description, 0, int.MaxValue, otherwise);

    public static Option<bool> Json() => new("--json") { Description = "Write the result as JSON." };

    public static Option<bool> Progress() => new("--progress") { Description = "Show progress although the error output is no terminal." };
}

/// <summary>The options that together say: these policies, this data, this request.</summary>
internal sealed class RequestOptions
{
    private const string ContextIs = "a context is a JSON object, such as {\"purpose\":\"TREAT\"}, or the name of a file with one";

    private readonly Option<string[]> policies = InputOptions.Policies();
    private readonly Option<string[]> entities = InputOptions.Entities();
    private readonly Option<string[]> schema = InputOptions.Schema();
    private readonly Option<string> principal = Uid("--principal", "Who asks, as User::\"alice\".");
    private readonly Option<string> action = Uid("--action", "What for, as Action::\"view\".");
    private readonly Option<string> resource = Uid("--resource", "On what, as Photo::\"sea\".");
    private readonly Option<string?> context = new("--context") { Description = "The context: JSON, or the name of a file with JSON.", HelpName = "JSON" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[policies, entities, schema, principal, action, resource, context])
        {
            command.Add(option);
        }
    }

    public (PolicySource Policies, EntityStore Entities, Request Request, Schema? Schema) Read(ParseResult parsed, Terminal terminal)
    {
        PolicySource set = PolicyFiles.LoadSource(parsed.GetRequiredValue(policies), terminal);
        Schema? known = SchemaFiles.Load(parsed.GetRequiredValue(schema), terminal);
        EntityStore store = EntityFiles.Load(parsed.GetRequiredValue(entities), known, terminal);
        (JsonElement? given, Place place) = Context(parsed.GetValue(context), terminal);
        Request request = RequestReader.Request(
            RequestReader.Uid(parsed.GetRequiredValue(principal), "--principal"),
            RequestReader.Uid(parsed.GetRequiredValue(action), "--action"),
            RequestReader.Uid(parsed.GetRequiredValue(resource), "--resource"),
            given, known, Place.Option("the request"), place);
        return (set, store, request, known);
    }

    private static Option<string> Uid(string name, string description) => new(name) { Description = description, Required = true, HelpName = "UID" };

    private static (JsonElement? Json, Place Place) Context(string? given, Terminal terminal)
    {
        if (given is null)
        {
            return (null, Place.Option("--context"));
        }

        if (string.IsNullOrWhiteSpace(given))
        {
            throw new InputException($"--context: this is empty; {ContextIs}. Leave the option out for none.");
        }

        bool isObject = given.TrimStart().StartsWith('{');
        if (!isObject && IsOtherJson(given) && !File.Exists(given))
        {
            throw new InputException(Quoted.Shortened($"--context: {ContextIs}; `{given}` is neither."));
        }

        InputFile file = isObject ? new InputFile("--context", Encoding.UTF8.GetBytes(given)) : InputFile.Read(given, terminal);
        var document = InputDocument.OfJson(file);
        return (document.Json, document.Root);
    }

    // What begins a list or a string was hardly meant as a name; of other names these are JSON.
    private static bool IsOtherJson(string given) => given.TrimStart() is ['[' or '"', ..] || given.Trim() is "null" or "true" or "false"
        || decimal.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
