namespace AccessGov.Benchmarks;

/// <summary>What was measured, line by line, beside what it should be.</summary>
internal sealed class ResultTable
{
    private readonly List<Line> lines = [];

    public void Add(string what, string unit, double? target, double measured, bool atLeast = false) =>
        lines.Add(new Line(what, unit, target, measured, atLeast));

    /// <summary>1 when a target is missed.</summary>
    public int Print()
    {
        Console.WriteLine($"\n| {"",-72} | {"target",10} | {"measured",10} | {"",9} | {"",7} |");
        Console.WriteLine($"|{new string('-', 74)}|{new string('-', 11)}:|{new string('-', 11)}:|{new string('-', 11)}|{new string('-', 9)}|");
        foreach (Line line in lines)
        {
            string target = line.Target is { } bar ? $"{(line.AtLeast ? ">=" : "<")} {bar:N0}" : "";
            Console.WriteLine($"| {line.What,-72} | {target,10} | {line.Measured,10:N2} | {line.Unit,-9} | {line.Verdict,-7} |");
        }

        return lines.TrueForAll(line => line.Met) ? 0 : 1;
    }

    private sealed record Line(string What, string Unit, double? Target, double Measured, bool AtLeast)
    {
        public bool Met => Target is null || (AtLeast ? Measured >= Target : Measured < Target);

        public string Verdict => Target is null ? "" : Met ? "met" : "NOT MET";
    }
}
