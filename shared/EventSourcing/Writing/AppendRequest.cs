using System.Diagnostics;

namespace AccessGov.EventSourcing.Writing;

/// <summary>One append on its way: checked and serialised by its caller, written by a lane.</summary>
internal sealed class AppendRequest
{
    private const int Waiting = 0;
    private const int UnderWay = 1;
    private const int Cancelled = 2;
    private readonly TaskCompletionSource<AppendReceipt> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int stage;

    public AppendRequest(StreamAppend append, EventTypes types, TimeProvider time)
    {
        CheckLength(append.StreamId, 250, nameof(append.StreamId));
        if (append.IdempotencyKey is not null)
        {
            CheckLength(append.IdempotencyKey, 200, nameof(append.IdempotencyKey));
        }

        if (append.CommandHash is not null)
        {
            CheckLength(append.CommandHash, 200, nameof(append.CommandHash));
        }

        if (append.Events.Count == 0)
        {
            throw new ArgumentException("An append has at least one event.", nameof(append));
        }

        Append = append;
        CorrelationId = append.Metadata.CorrelationId ?? Activity.Current?.TraceId.ToHexString();
        Headers = EventHeaders.Write(append.Metadata);
        Events = new WrittenEvent[append.Events.Count];
        DateTimeOffset now = time.GetUtcNow();
        for (int i = 0; i < Events.Length; i++)
        {
            EventType type = types.Of(append.Events[i]);
            Events[i] = new WrittenEvent(Guid.CreateVersion7(now), type, type.Write(append.Events[i]));
        }
    }

    public StreamAppend Append { get; }

    public string? CorrelationId { get; }

    public byte[]? Headers { get; }

    public WrittenEvent[] Events { get; }

    public Task<AppendReceipt> Completion => completion.Task;

    /// <summary>True when the lane may write it; false when its caller has given up.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref stage, UnderWay, Waiting) == Waiting;

    public void Cancel(CancellationToken cancellation)
    {
        if (Interlocked.CompareExchange(ref stage, Cancelled, Waiting) == Waiting)
        {
            completion.TrySetCanceled(cancellation);
        }
    }

    public void Fail(Exception failure) => completion.TrySetException(failure);

    public void Complete(AppendAnswer answer)
    {
        if (answer.ToFailure(Append) is { } failure)
        {
            EventStoreTelemetry.AppendsRefused.Add(1);
            completion.TrySetException(failure);
        }
        else
        {
            AppendReceipt receipt = answer.ToReceipt();
            if (!receipt.Repeated)
            {
                EventStoreTelemetry.EventsAppended.Add(Events.Length);
            }

            completion.TrySetResult(receipt);
        }
    }

    private static void CheckLength(string value, int most, string name)
    {
        if (value.Length == 0 || value.Length > most)
        {
            throw new ArgumentException($"{name} has 1 to {most} characters.", name);
        }
    }
}

/// <summary>An event in the form it is stored in.</summary>
internal readonly record struct WrittenEvent(Guid Id, EventType Type, byte[] Data);

internal enum AppendOutcome
{
    Appended = 0,
    WrongVersion = 1,
    StreamExists = 2,
    Archived = 3,
    Repeated = 4,
}

/// <summary>What the database said about one append.</summary>
internal readonly record struct AppendAnswer(AppendOutcome Outcome, string StreamId, long Version, long Sequence, string? Command)
{
    public AppendReceipt ToReceipt() => new(StreamId, Version, Sequence, Outcome == AppendOutcome.Repeated);

    public AppendFailedException? ToFailure(StreamAppend append) => Outcome switch
    {
        AppendOutcome.Repeated when IdempotencyKeyReusedException.Differ(Command, append.CommandHash) =>
            new IdempotencyKeyReusedException(append.StreamId, append.IdempotencyKey!),
        AppendOutcome.Appended or AppendOutcome.Repeated => null,
        AppendOutcome.WrongVersion => new WrongExpectedVersionException(append.StreamId, append.Expected.Value),
        AppendOutcome.StreamExists => new StreamAlreadyExistsException(append.StreamId),
        AppendOutcome.Archived => new StreamArchivedException(append.StreamId),
        _ => throw new InvalidOperationException($"The database answered with the unknown outcome {Outcome}."),
    };
}
