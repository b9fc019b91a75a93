using AccessGov.PolicyDecision.Journal;

namespace AccessGov.PolicyDecision.Tests.Journal;

public sealed class RecordQueueTests
{
    [Fact]
    public async Task What_came_in_just_before_the_close_is_taken_before_the_queue_has_ended()
    {
        using var queue = new RecordQueue(new DecisionJournalOptions(), TimeProvider.System);
        queue.Take(TimeSpan.Zero).ShouldBeNull();
        Task landed = queue.Add("{}"u8, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, awaited: true);
        queue.Close();

        (queue.IsClosed, queue.IsEnded).ShouldBe((true, false));
        OpenBatch batch = queue.Take(TimeSpan.Zero).ShouldNotBeNull();
        queue.IsEnded.ShouldBeTrue();

        batch.Landed();
        await landed;
    }
}
