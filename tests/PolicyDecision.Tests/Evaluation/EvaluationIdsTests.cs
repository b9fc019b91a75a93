using System.Collections.Concurrent;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Tests.Evaluation;

public sealed class EvaluationIdsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public void An_id_is_a_uuid_of_version_7_with_the_milliseconds_in_front()
    {
        Guid id = EvaluationIds.Next(Now);

        id.Version.ShouldBe(7);
        (id.Variant >> 2).ShouldBe(0b10);
        Convert.ToInt64(id.ToString("n")[..12], 16).ShouldBe(Now.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void No_id_is_made_twice_by_any_threads()
    {
        var ids = new ConcurrentBag<Guid>();
        Parallel.For(0, 20_000, _ => ids.Add(EvaluationIds.Next(Now)));

        ids.Distinct().Count().ShouldBe(20_000);
    }
}
