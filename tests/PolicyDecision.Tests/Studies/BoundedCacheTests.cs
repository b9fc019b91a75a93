using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.Tests.Studies;

public sealed class BoundedCacheTests
{
    private readonly ManualClock clock = new();

    [Fact]
    public void It_never_holds_more_than_its_bound_and_keeps_what_is_asked_for()
    {
        var cache = new BoundedCache<string>(100, clock);
        cache.Add("kept", "value", cache.Changes);
        for (int entry = 0; entry < 10_000; entry++)
        {
            cache.Add($"{entry}", "value", cache.Changes);
            cache.TryGet("kept", out _).ShouldBeTrue();
            cache.Count.ShouldBeLessThanOrEqualTo(100);
        }

        cache.TryGet("1", out _).ShouldBeFalse();
    }

    [Fact]
    public void An_absence_is_remembered_for_its_time_only()
    {
        var cache = new BoundedCache<string>(10, clock);
        cache.Add("absent", null, cache.Changes, TimeSpan.FromSeconds(2));
        cache.TryGet("absent", out string? value).ShouldBeTrue();
        value.ShouldBeNull();
        clock.Advance(TimeSpan.FromSeconds(2));
        cache.TryGet("absent", out _).ShouldBeFalse();
    }

    [Fact]
    public void What_was_read_before_a_removal_is_not_remembered_after_it()
    {
        var cache = new BoundedCache<string>(10, clock);
        long before = cache.Changes;
        cache.Remove(["key"]);
        cache.Add("key", "outdated", before);
        cache.TryGet("key", out _).ShouldBeFalse();
    }

    [Fact]
    public void A_hit_allocates_nothing()
    {
        var cache = new BoundedCache<string>(10, TimeProvider.System);
        cache.Add("key", "value", cache.Changes);
        cache.TryGet("key", out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 1_000; round++)
        {
            cache.TryGet("key", out _);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}

/// <summary>A clock that a test turns.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public void Advance(TimeSpan span) => Interlocked.Add(ref ticks, span.Ticks);
}
