namespace AccessGov.Cli;

/// <summary>Rows in columns as wide as their widest cell; numbers to the right.</summary>
internal sealed class TextTable(params string[] header)
{
    private readonly List<(string[] Cells, Colour Colour)> rows = [(header, Colour.None)];

    // A cell is as wide as what is shown of it.
    public void Add(Colour colour, params string[] cells) => rows.Add(([.. cells.Select(Printable.Text)], colour));

    public void Write(Terminal terminal)
    {
        int[] widths = [.. Enumerable.Range(0, header.Length).Select(column => rows.Max(row => row.Cells[column].Length))];
        bool[] toTheRight = [.. Enumerable.Range(0, header.Length).Select(column => rows.Count > 1 && rows.Skip(1).All(row => row.Cells[column].All(char.IsAsciiDigit)))];
        foreach ((string[] cells, Colour colour) in rows)
        {
            IEnumerable<string> padded = cells.Select((cell, column) => toTheRight[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            terminal.Line(string.Join("  ", padded).TrimEnd(), colour);
        }
    }
}
