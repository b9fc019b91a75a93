namespace AccessGov.Console.Pages.Decisions;

/// <summary>Why something is decided so, as PolicyDecision explains it.</summary>
/// <param name="Decision">allow or deny.</param>
/// <param name="Policies">What was true of each policy; absent in a short explanation.</param>
/// <param name="PoliciesCut">There are more policies than are shown.</param>
/// <param name="NearestPermits">The permits that lack least.</param>
/// <param name="SatisfiedForbids">The forbids that deny.</param>
/// <param name="Counterfactuals">Changes of the data that would allow, each tried.</param>
internal sealed record Explanation(
    string Decision, IReadOnlyList<Explanation.Policy>? Policies, bool PoliciesCut, IReadOnlyList<Explanation.Permit>? NearestPermits,
    IReadOnlyList<Explanation.Forbid>? SatisfiedForbids, IReadOnlyList<Explanation.Changes>? Counterfactuals)
{
    public sealed record Policy(
        [property: System.Text.Json.Serialization.JsonPropertyName("policy")] string Id, string Effect, string Outcome, Fault? Error, Place Position,
        IReadOnlyList<Node> Scope, IReadOnlyList<Node> Conditions);

    public sealed record Node(
        string Outcome, string Text, string? ValueText, bool ValueHidden, Fault? Error, IReadOnlyList<Node>? Children, bool Cut);

    public sealed record Fault(string Kind, string Message);

    public sealed record Place(string? File, int Line, int Column);

    public sealed record Permit([property: System.Text.Json.Serialization.JsonPropertyName("policy")] string Id, IReadOnlyList<Leaf> Failing, bool Cut);

    public sealed record Forbid([property: System.Text.Json.Serialization.JsonPropertyName("policy")] string Id, IReadOnlyList<Leaf> Causes, bool Cut);

    public sealed record Leaf(string Sentence, bool Reached);

    public sealed record Changes(string Sentence);

    /// <summary>How an outcome is marked.</summary>
    public static string MarkOf(string outcome) => outcome switch { "true" => "good", "error" => "bad", "false" => "warn", _ => "plain" };

    /// <summary>An outcome in words.</summary>
    public static string NameOf(string outcome) => outcome switch { "scopeFailed" => "not about this", "notReached" => "not reached", "error" => "in error", _ => outcome };

    /// <summary>What matters most comes first.</summary>
    public static int RankOf(string outcome) => outcome switch { "error" => 0, "true" => 1, "false" => 2, _ => 3 };
}
