namespace AccessGov.Cli;

/// <summary>What agreed, of what was expected, and every disagreement by name.</summary>
internal sealed class ConformanceTally
{
    private readonly List<string> disagreements = [];

    public Score Decisions { get; } = new();

    public Score Reasons { get; } = new();

    public Score Errors { get; } = new();

    public Score Validation { get; } = new();

    public int Tests { get; set; }

    public int Requests { get; set; }

    public IReadOnlyList<string> Disagreements => disagreements;

    /// <summary>Files that cannot be read, so that nobody knows whether they are tests.</summary>
    public List<(string File, string Why)> Skipped { get; } = [];

    /// <summary>Files that may hold tests when somebody unpacks them.</summary>
    public List<string> Archives { get; } = [];

    /// <summary>Whether something was compared, everything agreed and nothing that may be a test was left out; archives are told of only.</summary>
    public bool AllAgree => Tests > 0 && disagreements.Count == 0 && Skipped.Count == 0 && Array.TrueForAll([Decisions, Reasons, Errors, Validation], score => score.Agreed == score.Expected);

    public void Disagree(string name, string what) => disagreements.Add($"{name}: {what}");

    public override string ToString() => $"decisions {Decisions}, reasons {Reasons}, errors {Errors}, validation {Validation}";

    internal sealed class Score
    {
        public int Agreed { get; private set; }

        public int Expected { get; private set; }

        public void Add(bool agrees)
        {
            Expected++;
            Agreed += agrees ? 1 : 0;
        }

        public override string ToString() => $"{Agreed}/{Expected}";
    }
}
