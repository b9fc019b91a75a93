namespace AccessGov.Cli;

internal enum Severity
{
    Error,
    Warning,
}

/// <summary>What is wrong in an input, and where as far as that is known.</summary>
internal sealed record Finding(Severity Severity, string Kind, string? File, string Message)
{
    /// <summary>What is wrong. It may quote what somebody wrote, and then not all of it.</summary>
    public string Message { get; init => field = Quoted.Shortened(value); } = Quoted.Shortened(Message);

    public int? Line { get; init; }

    public int? Column { get; init; }

    /// <summary>The place in JSON as a JSON pointer (RFC 6901).</summary>
    public string? Pointer { get; init; }

    public string? Policy { get; init; }

    public string? Suggestion { get; init; }

    public static Finding At(Severity severity, string kind, SourcePosition position, string message) =>
        new(severity, kind, position.File, message) { Line = position.Line, Column = position.Column };

    /// <summary>The same for a reader who knows that it is about <paramref name="file"/>.</summary>
    public string In(string file) => File != file ? ToString()
        : Line is null ? Message
        : $"line {Line}, column {Column}: {Message}";

    /// <summary><c>file:line:column: error: message</c>, which editors and CI systems turn into links.</summary>
    public override string ToString()
    {
        string place = Line is null ? File ?? "" : $"{File ?? "-"}:{Line}:{Column}";
        string policy = Policy is null ? "" : $"policy `{Quoted.Shortened(Policy)}`: ";
        string suggestion = Suggestion is null ? "" : $" {Suggestion}";
        return $"{place}{(place.Length == 0 ? "" : ": ")}{Severity.ToString().ToLowerInvariant()}: {policy}{Message}{suggestion}";
    }
}

/// <summary>An input cannot be used: it is not there, too large, no text, or the command line asks for what cannot be.</summary>
internal class InputException(string message) : Exception(message)
{
    /// <summary>What is wrong, a line each.</summary>
    public virtual IReadOnlyList<string> Lines => [Message];

    /// <summary>The same in one line, for a reader who knows that it is about <paramref name="file"/>.</summary>
    public string In(string file) => string.Join("; ", LinesIn(file));

    /// <summary>What is wrong, a line each, for a reader who knows that it is about <paramref name="file"/>.</summary>
    public virtual IReadOnlyList<string> LinesIn(string file) => [Message.StartsWith($"{file}: ", StringComparison.Ordinal) ? Message[(file.Length + 2)..] : Message];
}

/// <summary>An input was read and is not what it should be.</summary>
internal sealed class MalformedInputException(IReadOnlyList<Finding> findings)
    : InputException(string.Join('\n', findings.Select(finding => finding.ToString())))
{
    public MalformedInputException(string kind, string file, string message)
        : this([new Finding(Severity.Error, kind, file, message)])
    {
    }

    public IReadOnlyList<Finding> Findings { get; } = findings;

    /// <summary>Whether it is data as it should be, but not for this schema.</summary>
    public bool IsNonconforming { get; init; }

    public override IReadOnlyList<string> LinesIn(string file) => [.. Findings.Select(finding => finding.In(file))];

    public override IReadOnlyList<string> Lines => [.. Findings.Select(finding => finding.ToString())];
}
