namespace AccessGov.Cli;

/// <summary>The JSON that a YAML text stands for, and which line each value came from. What an alias stands for came from the alias.</summary>
internal sealed record YamlAsJson(ReadOnlyMemory<byte> Json, IReadOnlyList<(int Offset, int Line, int Column)> Marks)
{
    /// <summary>The place of the value that begins at <paramref name="offset"/> of the JSON.</summary>
    public (int Line, int Column) PlaceOf(int offset)
    {
        // A mark stands before the comma in front of its value.
        (int Offset, int Line, int Column) found = (0, 1, 1);
        foreach ((int Offset, int Line, int Column) mark in Marks)
        {
            if (mark.Offset > offset)
            {
                break;
            }

            found = mark;
        }

        return (found.Line, found.Column);
    }
}
