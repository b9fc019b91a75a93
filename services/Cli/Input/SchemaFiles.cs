namespace AccessGov.Cli;

/// <summary>A schema from one file or several, each as text or as JSON.</summary>
internal static class SchemaFiles
{
    private static readonly string[] Patterns = ["*.cedarschema", "*.cedarschema.json"];

    /// <summary>The schema, or null when no path is given.</summary>
    /// <exception cref="MalformedInputException">Some file is no schema, or they contradict each other.</exception>
    public static Schema? Load(IReadOnlyList<string> paths, Terminal terminal) =>
        paths.Count == 0 ? null : Parse([.. InputFile.Expand(paths, Patterns).Select(path => InputFile.Read(path, terminal))]);

    public static Schema Parse(IReadOnlyList<InputFile> files)
    {
        try
        {
            return Schema.Create([.. files.Select(Fragment)]);
        }
        catch (SchemaException refused)
        {
            throw Malformed(refused);
        }
    }

    public static SchemaFragment Fragment(InputFile file)
    {
        try
        {
            return file.IsJson ? SchemaFragment.ParseJson(file.Json(), file.Name) : SchemaFragment.Parse(file.Text(), file.Name);
        }
        catch (SchemaException refused)
        {
            throw Malformed(refused);
        }
    }

    public static MalformedInputException Malformed(SchemaException refused) => new([.. refused.Errors.Select(error =>
        new Finding(Severity.Error, "schema", error.Pointer is null ? error.File : $"{error.File}#{error.Pointer}", error.Message) { Line = error.Line, Column = error.Column })]);
}
