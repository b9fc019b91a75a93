namespace AccessGov.Audit.Export.Destinations;

/// <summary>A connection to a receiver of events. Used by one at a time.</summary>
internal interface IExportSink : IAsyncDisposable
{
    /// <summary>Sends events that follow each other in the trail.</summary>
    Task SendAsync(IReadOnlyList<ExportedEvent> events, CancellationToken cancellation);

    /// <summary>How many leaves of the trail the receiver has for certain over this connection; null: none yet.</summary>
    long? Delivered { get; }

    /// <summary>Completes when the receiver ended the connection.</summary>
    Task Over { get; }
}

/// <summary>The receiver did not take what it was sent. The message holds no content of events.</summary>
/// <param name="message">What it answered.</param>
/// <param name="refused">The one event that it did not take for what it is; null where that is not known, or not the reason.</param>
internal sealed class ExportRefusedException(string message, long? refused = null) : Exception(message)
{
    public long? Refused { get; } = refused;
}
