using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AccessGov.Messaging;

/// <summary>The names of what messaging tells OpenTelemetry.</summary>
public static class MessagingTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "AccessGov.Messaging";

    internal static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> Published = Meter.CreateCounter<long>("accessgov.messaging.published", "{message}", "Messages published, before commit.");

    internal static readonly Counter<long> Outcomes =
        Meter.CreateCounter<long>("accessgov.messaging.deliveries", "{delivery}", "Deliveries by outcome: handled, duplicate, retry, dead.");

    internal static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("accessgov.messaging.handling.duration", "s", "From taking a message to its acknowledgement.");

    internal static Activity? StartPublishing(string name, string? traceParent) =>
        traceParent is null ? Activities.StartActivity($"publish {name}", ActivityKind.Producer) : null;

    /// <summary>The activity that a message is handled in; it carries the sender's trace on even where nobody listens to it.</summary>
    internal static Activity StartHandling(MessageEnvelope envelope)
    {
        string name = $"handle {envelope.Type}";
        _ = ActivityContext.TryParse(envelope.TraceParent, null, isRemote: true, out ActivityContext parent);
        Activity? started = Activities.StartActivity(name, ActivityKind.Consumer, parent);
        if (started is null)
        {
            started = new Activity(name);
            if (parent != default)
            {
                started.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
            }

            started.Start();
        }

        return started
            .SetTag("messaging.system", "accessgov").SetTag("messaging.operation.type", "process")
            .SetTag("messaging.message.id", envelope.Id).SetTag("accessgov.subject", envelope.Subject).SetTag("accessgov.attempt", envelope.Attempt);
    }
}
