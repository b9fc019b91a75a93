using System.Buffers;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Retention;
using AccessGov.Audit.Sealing;
using AccessGov.EventSourcing;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Trail;

/// <summary>
/// Gives events their places. One process leads: it holds a lock of the database on the connection that commits, and the directory's lock.
/// A round takes what waits, puts leaves and tiles on the disk, commits the head, and publishes a checkpoint of what is committed; so after
/// a crash at any point the next leader starts from the committed head, finds its files, and writes anew what was not committed and nobody
/// has signed.
/// </summary>
internal sealed class Sequencer(
    TrailDatabase database, WaitingEvents waiting, SubjectKeys keys, SubjectTokens tokens, RetentionClasses classes, ClassYears years, CheckpointSigner signer,
    TrailState state, Signal signal, IOptions<AuditOptions> options, TimeProvider clock, ILogger<Sequencer> log) : BackgroundService
{
    /// <summary>The lock of the database that the one process holds which gives events their places.</summary>
    public const long LeaderLock = 0x4163_6347_6f76_5431;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryMost = TimeSpan.FromSeconds(10);
    private readonly string directory = options.Value.TrailDirectory;
    private readonly FailureLog failures = new(clock, log);

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (int attempts = 0; !stoppingToken.IsCancellationRequested; attempts++)
        {
            try
            {
                await LeadAsync(() => attempts = 0, stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                (state.Leads, state.Failure, state.Damaged) = (false, e.Message, e is TrailDamagedException);
                state.ClockAhead = (e as ClockDiffersException)?.Ahead;
                failures.Outage("The trail does not go on", e.Message, 
                    e is IOException or NpgsqlException or TrailLostException or ClockDiffersException ? null : e,
                    LogLevel.Error);
                TimeSpan pause = TimeSpan.FromMilliseconds(Math.Min(RetryMost.TotalMilliseconds,
                    100 * Math.Pow(2, Math.Min(attempts, 10))));
                await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LeadAsync(Action works, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.SealAlone.OpenConnectionAsync(cancellation);
        await CheckClockAsync(connection, cancellation);
        while (!await TryLeadAsync(connection, cancellation))
        {
            // Somebody else leads, and that is well.
            (state.Leads, state.Failure, state.Damaged, state.ClockAhead) = (false, null, false, null);
            await Task.Delay(Poll, clock, cancellation);
            await CheckClockAsync(connection, cancellation);
        }

        await LeadAsync(connection, works, cancellation);
    }

    private async Task LeadAsync(NpgsqlConnection connection, Action works, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        using FileStream directoryLock = new(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        using IDisposable term = signer.Lead();
        (TrailHead head, long fence) = await TrailHead.TakeOverAsync(connection, cancellation);
        keys.Forget();
        years.Forget();
        TrailWriter writer = TrailWriter.Open(directory, head);
        CheckContinuation(head);
        PublishCommitted(head);
        while (true)
        {
            Task more = signal.Next;
            long start = clock.GetTimestamp();
            (TrailHead next, bool isFull) = await RoundAsync(connection, writer, head, fence, cancellation);
            if (next != head)
            {
                PublishCommitted(head = next);
                writer.RemoveOutgrown();
            }

            works();
            (state.Leads, state.Failure, state.Damaged, state.ClockAhead) = (true, null, false, null);
            failures.Over();
            if (!isFull)
            {
                await RestAsync(more, start, cancellation);
            }
        }
    }

    private Task<DateTimeOffset> CheckClockAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        DatabaseClock.CheckAsync(connection, clock, options.Value.ClockDifferenceMax, cancellation);

    private static async Task<bool> TryLeadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var take = new NpgsqlCommand($"select pg_try_advisory_lock({LeaderLock})", connection);
        return (bool)(await take.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Events that come together get their places together; one that comes alone waits for the interval at most.</summary>
    private async Task RestAsync(Task more, long start, CancellationToken cancellation)
    {
        await Task.WhenAny(more, Task.Delay(Poll, clock, cancellation));
        TimeSpan left = options.Value.RoundInterval - clock.GetElapsedTime(start);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, clock, cancellation);
        }

        cancellation.ThrowIfCancellationRequested();
    }

    private async Task<(TrailHead Head, bool IsFull)> RoundAsync(
        NpgsqlConnection connection, TrailWriter writer, TrailHead head, long fence, CancellationToken cancellation)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        DateTimeOffset now = await CheckClockAsync(connection, cancellation);
        WaitingEvents.Taken taken = await waiting.TakeAsync(now + options.Value.ClockDifferenceMax, transaction, cancellation);
        if (taken.Batches == 0)
        {
            await transaction.RollbackAsync(cancellation);
            return (head, false);
        }

        DateTimeOffset received = await AppendAsync(writer, taken.Events, head.ReceivedAt, transaction, cancellation);
        TrailHead next = head;
        if (taken.Events.Count > 0)
        {
            writer.Flush();
            next = new TrailHead(writer.Size, writer.Root(), writer.Previous, received);
            await head.MoveAsync(next, fence, transaction, cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return (next, taken.IsFull);
    }

    /// <summary>Makes the leaves; answers when the last was taken in, never earlier than the one before.</summary>
    private async Task<DateTimeOffset> AppendAsync(
        TrailWriter writer, IReadOnlyList<WaitingEvents.Waiting> events, DateTimeOffset received, NpgsqlTransaction transaction,
            CancellationToken cancellation)
    {
        string[] names = [.. events.Select(one => classes.Of(one.Source, one.Record).Name)];
        DateTimeOffset[] times = ReceiptTimes(events, received);
        var scopes = new HashSet<KeyScope>();
        for (int i = 0; i < events.Count; i++)
        {
            foreach (Subject subject in EventSealing.SubjectsOf(events[i].Source, events[i].Record))
            {
                scopes.Add(new KeyScope(subject, names[i], times[i].UtcDateTime.Year));
            }
        }

        await keys.PrepareAsync(scopes, transaction, cancellation);
        await years.NoteAsync(names.Zip(times, (name, at) => (name, at.UtcDateTime.Year)), transaction, cancellation);
        events = await tokens.NameAsync(events, (times.Length == 0 ? received : times[^1]).UtcDateTime.Year, transaction, cancellation);
        var leaf = new ArrayBufferWriter<byte>();
        for (int i = 0; i < events.Count; i++)
        {
            WaitingEvents.Waiting one = events[i];
            (string name, DateTimeOffset at) = (names[i], times[i]);
            SubjectKey KeyOf(Subject subject) => keys.Of(new KeyScope(subject, name, at.UtcDateTime.Year));
            List<SealedField> fields = EventSealing.Seal(one.Source, one.Record, writer.Size, KeyOf, writer.AppendBlob);
            string? patient = one.Record.Patient is { } id ? KeyOf(Subject.Patient(id)).Token : one.Record.PatientToken;
            AuditRecord record = one.Record.PatientActor is { } acting
                ? one.Record with { Actor = KeyOf(Subject.Patient(acting)).Token }
                : one.Record;
            leaf.ResetWrittenCount();
            var place = new Leaf.Place(writer.Size, writer.Previous, at);
            Leaf.Write(leaf, one.Source, record, place, patient, fields);
            writer.Append(leaf.WrittenSpan);
        }

        return times.Length == 0 ? received : times[^1];
    }

    /// <summary>When leaves say that their events were taken in. Keys and classes go by the same year as the leaf.</summary>
    internal static DateTimeOffset[] ReceiptTimes(IReadOnlyList<WaitingEvents.Waiting> events, DateTimeOffset before)
    {
        var times = new DateTimeOffset[events.Count];
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = before = before > events[i].ReceivedAt ? before : events[i].ReceivedAt;
        }

        return times;
    }

    /// <summary>What was committed begins with what was signed: somebody may have put another trail in its place.</summary>
    private void CheckContinuation(TrailHead head)
    {
        if (signer.Published()?.Checkpoint is { Size: > 0 } signed && signed.Size < head.Size)
        {
            var tree = new TileTree(new TileDirectory(directory), head.Size);
            if (!MerkleProof.ShowsConsistency(signed.Size, head.Size, tree.ConsistencyProof(signed.Size).AsSpan(), signed.Root, head.Root))
            {
                throw new TrailDamagedException(
                    $"The trail of {head.Size} leaves does not begin with the {signed.Size} leaves that were signed.");
            }
        }
    }

    /// <summary>Signs what is committed, and never less than was signed before.</summary>
    private void PublishCommitted(TrailHead head)
    {
        if (signer.Published() is { } published)
        {
            if (published.Checkpoint.Size > head.Size || (published.Checkpoint.Size == head.Size && published.Checkpoint.Root != head.Root))
            {
                throw new TrailDamagedException(
                    $"A checkpoint of {published.Checkpoint.Size} leaves was signed, but the database knows of {head.Size}: "
                    + "one of the two was put back to an earlier time.");
            }

            if (published.Checkpoint.Size == head.Size)
            {
                state.Publish(head);
                return;
            }
        }

        signer.Publish(head);
        state.Publish(head);
    }
}
