namespace AccessGov.Cli;

/// <summary>A schema from one file or several, each as text or as JSON.</summary>
internal static class SchemaFiles
{
    private static readonly string[] Patterns = ["*.cedarschema", "*.cedarschema.json"];

    /// <summary>The schema, or null when no path is given.</summary>
    /// <exception cref="MalformedInputException">Some file is no schema, or they contradict each other.</exception>
    public static Schema? Load(IReadOnlyList<string> paths, Terminal terminal) =>
        paths.Count == 0 ? null : Parse(Read(paths, terminal));

    /// <summary>The files, whatever is in them.</summary>
    public static IReadOnlyList<InputFile> Read(IReadOnlyList<string> paths, Terminal terminal) => [.. InputFile.Expand(paths, Patterns).Select(path => InputFile.Read(path, terminal))];

    public static Schema Parse(IReadOnlyList<InputFile> files)
    {
        try
        {
            return Schema.Create([.. files.Select(Fragment)]);
        }
        catch (SchemaException refused)
        {
            throw Malformed(refused, files);
        }
    }

    public static SchemaFragment Fragment(InputFile file)
    {
        try
        {
            if (!file.IsJson)
            {
                return SchemaFragment.Parse(file.Text(), file.Name);
            }

            JsonSyntax.CheckSyntax(file.Name, file.Json());
            return SchemaFragment.ParseJson(file.Json(), file.Name);
        }
        catch (SchemaException refused)
        {
            throw Malformed(refused, [file]);
        }
    }

    public static MalformedInputException Malformed(SchemaException refused, IReadOnlyList<InputFile> files) =>
        new([.. FileEnding.OfSchemas(refused.Errors.Select(error => At(error, files.FirstOrDefault(file => file.Name == error.File))))]);

    private static Finding At(SchemaError error, InputFile? file)
    {
        var finding = new Finding(Severity.Error, "schema", error.File, error.Message) { Line = error.Line, Column = error.Column, Pointer = error.Pointer };
        if (file?.IsJson != true)
        {
            return finding;
        }

        // That it is JSON was found before, so that a place in lines is the place where a bound is met.
        if (error.Pointer is null)
        {
            return finding with { Message = "This nests deeper than a schema may: 100 levels of a type." };
        }

        (int line, int column) = new JsonPlaces(file.Json()).Of(JsonPath.PointerSteps(error.Pointer));
        return finding with { Line = line, Column = column, Message = error.Pointer.Length == 0 ? error.Message : $"{error.Pointer}: {error.Message}" };
    }
}
