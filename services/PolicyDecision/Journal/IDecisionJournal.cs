namespace AccessGov.PolicyDecision.Journal;

/// <summary>Remembers decisions. Implemented by the database journal (with its local spool) and, in standalone mode, by nothing at all.</summary>
internal interface IDecisionJournal
{
    /// <summary>
    /// Records a decision. In mode durable the task completes when the record is committed (or, with the database away, fsynced in the spool); in mode async at once.
    /// </summary>
    /// <remarks>Once enqueued, a record is kept whatever becomes of its caller: cancellation does not take it back. May throw before it answers a task.</remarks>
    /// <exception cref="JournalUnavailableException">The record cannot be kept anywhere: the queue or the spool is full. The decision must be a denial.</exception>
    ValueTask RecordAsync(DecisionRecord record, CancellationToken cancellation);

    /// <summary>The same for the decisions of one request: they stand together, in their order, all or none; one must-log action makes all wait.</summary>
    ValueTask RecordAsync(IReadOnlyList<DecisionRecord> records, CancellationToken cancellation);
}

/// <summary>A decision cannot be remembered now, so it must not be a permit.</summary>
internal sealed class JournalUnavailableException(string message) : Exception(message);
