namespace AccessGov.Cli;

/// <summary>The JSON that a YAML text stands for, and which line each value came from. What an alias stands for came from the alias.</summary>
internal sealed record YamlAsJson(ReadOnlyMemory<byte> Json, IReadOnlyList<(int Offset, int Line, int Column)> Marks)
{
    /// <summary>The place of the value that begins at <paramref name="offset"/> of the JSON.</summary>
    public (int Line, int Column) PlaceOf(int offset)
    {
        // A mark stands before the comma in front of its value, so that the last one up to the offset is the one.
        int after = 0;
        for (int end = Marks.Count; after < end;)
        {
            int middle = (after + end) / 2;
            (after, end) = Marks[middle].Offset <= offset ? (middle + 1, end) : (after, middle);
        }

        return after == 0 ? (1, 1) : (Marks[after - 1].Line, Marks[after - 1].Column);
    }
}
