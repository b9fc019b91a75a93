namespace AccessGov.Messaging;

/// <summary>What travels around a message: the attributes of CloudEvents 1.0. A handler may take it as a parameter.</summary>
/// <param name="Id">The message's identity; a second message with this id is dropped by a queue that has handled the first. CloudEvents
/// <c>id</c>.</param>
/// <param name="Source">The service that published it, for example <c>/accessgov/break-glass</c>. CloudEvents <c>source</c>.</param>
/// <param name="Type">The name it travels by. CloudEvents <c>type</c>.</param>
/// <param name="Subject">What it is about; messages of one subject are handled in order. CloudEvents <c>subject</c>.</param>
/// <param name="Time">When it was published, by the publisher's clock. CloudEvents <c>time</c>.</param>
/// <param name="TraceParent">The W3C <c>traceparent</c> of what published it; absent when there was none.</param>
/// <param name="DataContentType">Always <c>application/json</c>. CloudEvents <c>datacontenttype</c>.</param>
/// <param name="Attempt">1 for the first delivery; it counts the failures recorded so far, and starts again after a replay.</param>
public sealed record MessageEnvelope(
    Guid Id, string Source, string Type, string Subject, DateTimeOffset Time, string? TraceParent, string DataContentType, int Attempt)
{
    /// <summary>The version of the CloudEvents specification.</summary>
    public const string SpecVersion = "1.0";

    /// <summary>
    /// The source of what a service publishes. The database sees to it: no role publishes as a service whose queue is not its own.
    /// </summary>
    /// <param name="queue">The service's queue.</param>
    public static string SourceOf(string queue) => $"/accessgov/{queue}";
}

/// <summary>
/// A returned message with a subject or a time of its own; a message returned bare keeps the subject of the message that caused it.
/// </summary>
/// <param name="Message">A registered message.</param>
public sealed record OutgoingMessage(object Message)
{
    /// <summary>The subject; absent means that of the message being handled.</summary>
    public string? Subject { get; init; }

    /// <summary>Not before this instant; absent means at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}
