namespace AccessGov.PolicyDecision.Tests.Evaluation;

/// <summary>A clock that stands where a test puts it; timers run on as they do.</summary>
internal sealed class SettableClock(DateTimeOffset start) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = start;

    public override DateTimeOffset GetUtcNow() => Now;
}
