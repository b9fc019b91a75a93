namespace AccessGov.Cli;

/// <summary>What a refusal points at: an option, or a value in a file, whose line and column are looked for when they are needed.</summary>
internal sealed class Place
{
    private readonly string name;
    private readonly string path;
    private readonly Func<string, (int Line, int Column)>? locate;

    private Place(string name, string path, Func<string, (int Line, int Column)>? locate)
    {
        this.name = name;
        this.path = path;
        this.locate = locate;
    }

    /// <summary>The file, or the option.</summary>
    public string Name => name;

    /// <summary>Whether this is all of a file, or of an option.</summary>
    public bool IsWhole => path.Length == 0;

    public (int Line, int Column)? Position => locate?.Invoke(path);

    public static Place Option(string name) => new(name, "", null);

    /// <param name="file">The name of the file.</param>
    /// <param name="locate">Line and column of a path in it, as <see cref="JsonPath"/> reads them.</param>
    public static Place File(string file, Func<string, (int Line, int Column)> locate) => new(file, "", locate);

    public Place Member(string key) => Follow(key.Length > 0 && key.All(character => char.IsAsciiLetterOrDigit(character) || character == '_') ? key : $"[{CedarString.Quote(key)}]");

    public Place Item(int index) => Follow($"[{index}]");

    public Place Follow(string further) => new(name, path.Length == 0 || further.StartsWith('[') ? path + further : $"{path}.{further}", locate);

    /// <summary>The way from <paramref name="whole"/>, which this is a part of, to this place; nothing where they are the same.</summary>
    public string Below(Place whole) => path[whole.path.Length..].TrimStart('.');

    public Finding Finding(string kind, string message) => At(kind, path.Length == 0 ? message : $"{path}: {message}");

    /// <summary>The same without the way to it, where the message tells what is meant.</summary>
    public Finding At(string kind, string message) => Position is { } position
        ? new Finding(Severity.Error, kind, name, message) { Line = position.Line, Column = position.Column }
        : new Finding(Severity.Error, kind, name, message);

    /// <summary>Why this cannot be used.</summary>
    public InputException Refuse(string message, string kind = "json") => locate is null
        ? new InputException(Quoted.Shortened($"{name}{(path.Length == 0 ? "" : $".{path}")}: {message}"))
        : new MalformedInputException([Finding(kind, message)]);
}
