using System.Buffers;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>
/// Records on their way into one batch, already as JSON, and the callers who wait for it. Filled under the queue's lock,
/// then owned by the writer. Everybody who waits, waits for the same task: one allocation per batch, not per decision.
/// </summary>
internal sealed class OpenBatch(long openedTimestamp)
{
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(16 << 10);
    private int length;
    private TaskCompletionSource? completion;

    public long OpenedTimestamp { get; } = openedTimestamp;

    public int Count { get; private set; }

    /// <summary>How many of the records somebody waits for.</summary>
    public int Awaited { get; private set; }

    /// <summary>Those who waited were told that it cannot be remembered.</summary>
    public bool Withdrawn { get; private set; }

    public int Bytes => length;

    public DateTimeOffset FirstAt { get; private set; } = DateTimeOffset.MaxValue;

    public DateTimeOffset LastAt { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Adds records that are joined by commas.</summary>
    public void Add(ReadOnlySpan<byte> json, int count, DateTimeOffset firstAt, DateTimeOffset lastAt)
    {
        // One byte before (bracket or comma), one after (the closing bracket).
        int needed = length + json.Length + 2;
        if (needed > buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, buffer.Length * 2));
            buffer.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        buffer[length++] = Count == 0 ? (byte)'[' : (byte)',';
        json.CopyTo(buffer.AsSpan(length));
        length += json.Length;
        Count += count;
        FirstAt = firstAt < FirstAt ? firstAt : FirstAt;
        LastAt = lastAt > LastAt ? lastAt : LastAt;
    }

    /// <summary>The task that ends when the batch has landed.</summary>
    public Task Await(int count)
    {
        Awaited += count;
        completion ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return completion.Task;
    }

    /// <summary>The payload, with its closing bracket. Nothing is added any more.</summary>
    public ReadOnlyMemory<byte> Close()
    {
        buffer[length++] = (byte)']';
        return buffer.AsMemory(0, length);
    }

    public void Landed() => completion?.TrySetResult();

    /// <summary>The callers are told that it cannot be remembered; answers whether somebody was.</summary>
    public bool Withdraw(string why)
    {
        if (completion is null || !completion.TrySetException(new JournalUnavailableException(why)))
        {
            return false;
        }

        // A caller may have gone away without awaiting.
        _ = completion.Task.Exception;
        Withdrawn = true;
        return true;
    }

    /// <summary>Gives the buffer back. Not when an abandoned insert may still read it.</summary>
    public void Recycle()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }
}
