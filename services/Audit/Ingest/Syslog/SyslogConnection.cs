namespace AccessGov.Audit.Ingest.Syslog;

/// <summary>
/// Reads one sender's messages. Syslog acknowledges nothing, so no more is read than is durable: while the database is away the sender's
/// own queue fills.
/// </summary>
internal sealed class SyslogConnection(Stream stream, string source, Intake intake, SyslogOptions options, TimeProvider clock, ILogger log)
{
    private const int BatchMessagesMax = 500;
    private const int BatchBytesMax = 2 * SyslogFrames.MessageBytesMax;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly SyslogFrames frames = new();

    /// <summary>Reads until the sender goes, is too slow, sends what are no messages, or the service stops.</summary>
    public async Task ReadAsync(CancellationToken stopping)
    {
        long begun = clock.GetTimestamp();
        while (!frames.IsBroken)
        {
            TimeSpan left = frames.IsWithinMessage ? options.MessageTimeout - clock.GetElapsedTime(begun) : options.IdleTimeout;
            bool isNew = !frames.IsWithinMessage;
            int count = await CountAsync(left, stopping);
            if (count == 0)
            {
                break;
            }

            frames.Add(count);
            begun = await KeepAllAsync(stopping) || isNew ? clock.GetTimestamp() : begun;
        }

        if (frames.Rest() is { } rest)
        {
            log.LogWarning("{Source} sent {Bytes} bytes that are no whole message", source, rest.Bytes.Length);
            await KeepAsync([Unparsed.Of(rest.Bytes, frames.IsBroken ? "framing" : "cut_off", clock.GetUtcNow(), rest.IsTruncated)],
                stopping);
        }
    }

    /// <summary>How many bytes came; none when the sender went or was too slow.</summary>
    private async Task<int> CountAsync(TimeSpan left, CancellationToken stopping)
    {
        if (left <= TimeSpan.Zero)
        {
            return 0;
        }

        using var patience = new CancellationTokenSource(left, clock);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        try
        {
            return await stream.ReadAsync(frames.Room(), bound.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Gone, too slow, or the service stops: what came is kept all the same.
            return 0;
        }
    }

    /// <summary>Keeps all messages that came as a whole; answers whether there were any.</summary>
    private async Task<bool> KeepAllAsync(CancellationToken stopping)
    {
        bool any = false;
        while (true)
        {
            var records = new List<AuditRecord>();
            DateTimeOffset now = clock.GetUtcNow();
            int messages = 0, bytes = 0;
            while (messages < BatchMessagesMax && bytes < BatchBytesMax && frames.Next() is { } frame)
            {
                records.AddRange(SyslogMessage.Read(frame, source, now));
                (messages, bytes) = (messages + 1, bytes + frame.Bytes.Length);
            }

            if (records.Count == 0)
            {
                return any;
            }

            any = true;
            await KeepAsync(records, stopping);
        }
    }

    /// <summary>Tries until the events are durable. Only a service that stops gives up, and says what is lost.</summary>
    private async Task KeepAsync(List<AuditRecord> records, CancellationToken stopping)
    {
        for (bool told = false; ; told = true)
        {
            try
            {
                // One that is under way comes to its end also when the service stops.
                await intake.AcceptAsync(source, records, CancellationToken.None);
                return;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                if (!told)
                {
                    log.LogWarning(
                        StoreOutageHandler.LeftUnanswered(e) ? null : e, "{Source} waits: {Events} events cannot be taken in, {Failure}",
                        source, records.Count, e.Message);
                }
            }
            catch (Exception e)
            {
                log.LogError("{Source}: {Events} events were read and could not be taken in before the service stopped, {Failure}",
                    source, records.Count, e.Message);
                return;
            }

            await Task.Delay(RetryAfter, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
