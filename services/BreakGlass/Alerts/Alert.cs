namespace AccessGov.BreakGlass.Alerts;

/// <summary>Something that somebody is to be told of a case.</summary>
/// <param name="Id">The same whenever it is told again.</param>
/// <param name="Case">The case.</param>
/// <param name="Kind">invoked, unjustified, escalated, overdue.</param>
/// <param name="Audience">Who is told.</param>
/// <param name="Practice">Whether it is a drill.</param>
/// <param name="Person">Whose case it is.</param>
/// <param name="ReasonCode">ETREAT or BTG.</param>
/// <param name="At">When it happened.</param>
/// <param name="DueAt">When the case must be judged.</param>
/// <param name="Failed">The channels that have failed for it.</param>
internal sealed record Alert(
    Guid Id, string Case, string Kind, string Audience, bool Practice, string Person, string ReasonCode, DateTimeOffset At, DateTimeOffset DueAt,
    IReadOnlyList<string> Failed)
{
    public const string Security = "security";
    public const string Compliance = "compliance";

    public string Subject => $"{(Practice ? "[DRILL] " : "")}{Headline}";

    private string Headline => Kind switch
    {
        "invoked" => "Emergency access was taken",
        "unjustified" => "Emergency access was found not to be justified",
        "escalated" => "Emergency access waits for your review",
        "overdue" => "Emergency access was not reviewed in time",
        _ => throw new InvalidOperationException($"{Kind} is no kind of alert."),
    };

    /// <summary>What it says: ids and times, and where the rest is. Nobody's name, and no patient.</summary>
    public string Text(Uri? console)
    {
        string drill = Practice ? "This is a drill: nobody's images were opened.\n\n" : "";
        string page = console is null ? $"Case {Case}." : $"The case: {console.AbsoluteUri.TrimEnd('/')}/emergency-cases/{Case}";
        string failed = Failed.Count == 0 ? "" : $"\n\nThis came another way than usual: {string.Join(", ", Failed)} failed.";
        return $"{drill}{Headline} by {Person} ({ReasonCode}) at {At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC. It must be reviewed by {DueAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC.\n\n{page}{failed}";
    }
}
