namespace AccessGov.Audit.Export.Destinations;

/// <summary>How a destination is doing, as the process knows that serves it. Thread-safe: each value is read and written whole.</summary>
internal sealed class DestinationState(string name, DestinationOptions options)
{
    private DestinationReport report = new(name, options.Kind!.Value, options.FormatOrDefault, options.Identities, "starting", null, null,
        null, null, null, null);

    public DestinationReport Report => Volatile.Read(ref report);

    public void Connected(DateTimeOffset now) => Change(was => was with { Status = "connected", ConnectedAt = now, Refused = null });

    /// <summary>Another process serves it.</summary>
    public void Elsewhere() => Change(was => was with { Status = "elsewhere", ConnectedAt = null, Sent = null, Refused = null });

    public void Sent(long sent) => Change(was => was with { Sent = sent });

    public void Delivered(long delivered, DateTimeOffset now) => Change(
        was => was with { DeliveredAt = now, Sent = Math.Max(was.Sent ?? 0, delivered) });

    /// <summary>What failed last is kept, also when it works again.</summary>
    /// <param name="failure">What failed.</param>
    /// <param name="now">The time.</param>
    /// <param name="refused">The event that the receiver refused; null when it failed otherwise.</param>
    public void Failed(string failure, DateTimeOffset now, long? refused = null) => Change(was => was with
    {
        Status = "failing", ConnectedAt = null, Sent = null, LastError = failure, LastErrorAt = now, Refused = refused,
    });

    private void Change(Func<DestinationReport, DestinationReport> change) => Volatile.Write(ref report, change(Report));
}

/// <summary>What is told of a destination.</summary>
/// <param name="Name">Its name in the settings.</param>
/// <param name="Kind">How it takes events.</param>
/// <param name="Format">What it is sent.</param>
/// <param name="Identities">Whether it is told who patients and people are.</param>
/// <param name="Status"><c>starting</c>, <c>connected</c>, <c>failing</c>, or <c>elsewhere</c>: another process serves it.</param>
/// <param name="Sent">How many events of the trail were sent over this connection or before it.</param>
/// <param name="Lag">How many events it has not got yet for certain.</param>
/// <param name="ConnectedAt">Since when it is connected.</param>
/// <param name="DeliveredAt">When the position moved last.</param>
/// <param name="LastError">What failed last.</param>
/// <param name="LastErrorAt">When it did.</param>
internal sealed record DestinationReport(
    string Name,
    DestinationKind Kind,
    ExportFormat Format,
    bool Identities,
    string Status,
    long? Sent,
    long? Lag,
    DateTimeOffset? ConnectedAt,
    DateTimeOffset? DeliveredAt,
    string? LastError,
    DateTimeOffset? LastErrorAt)
{
    /// <summary>How many events it has for certain.</summary>
    public long? Position { get; init; }

    /// <summary>The event that the receiver refused when it failed last; null when it failed otherwise, or works.</summary>
    public long? Refused { get; init; }
}
