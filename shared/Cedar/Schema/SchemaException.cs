namespace AccessGov.Cedar;

/// <summary>What is wrong in a schema, where, in a sentence for the person who wrote it.</summary>
/// <param name="File">The file the schema came from, when the caller named one.</param>
/// <param name="Position">The place in a schema written as text, or in JSON that is malformed; null for JSON that is well-formed.</param>
/// <param name="Pointer">The place in a schema written as JSON, as a JSON pointer (RFC 6901); null for text.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record SchemaError(string? File, SourcePosition? Position, string? Pointer, string Message)
{
    /// <summary>The line, from 1, where <see cref="Position"/> is known.</summary>
    public int? Line => Position?.Line;

    /// <summary>The column, from 1, in UTF-16 code units, where <see cref="Position"/> is known.</summary>
    public int? Column => Position?.Column;

    /// <summary><c>file:line:column: message</c>, or <c>file#pointer: message</c> for JSON.</summary>
    public override string ToString() => Position is { } position ? $"{position}: {Message}" : $"{File}#{Pointer}: {Message}";
}

/// <summary>A schema that cannot be read or contradicts itself. Nothing of it was taken over.</summary>
public sealed class SchemaException(IReadOnlyList<SchemaError> errors)
    : Exception(string.Join(Environment.NewLine, errors.Select(error => error.ToString())))
{
    /// <summary>At least one error and at most <see cref="ErrorsMax"/>.</summary>
    public IReadOnlyList<SchemaError> Errors { get; } = errors;

    /// <summary>How many errors are reported at most.</summary>
    public const int ErrorsMax = 20;
}
