using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AccessGov.EventSourcing;

/// <summary>The activities and instruments of every event store in the process.</summary>
public static class EventStoreTelemetry
{
    /// <summary>The name of the <see cref="ActivitySource"/> and of the <see cref="Meter"/>.</summary>
    public const string Name = "AccessGov.EventSourcing";

    internal static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> EventsAppended = Meter.CreateCounter<long>("event_store.events.appended", "{event}");

    internal static readonly Counter<long> EventsNumbered = Meter.CreateCounter<long>("event_store.events.numbered", "{event}");

    internal static readonly Counter<long> EventsHandled = Meter.CreateCounter<long>("event_store.events.handled", "{event}");

    internal static readonly Counter<long> AppendsRefused = Meter.CreateCounter<long>("event_store.appends.refused", "{append}");

    internal static readonly Histogram<double> BatchDuration = Meter.CreateHistogram<double>("event_store.batch.duration", "s");

    internal static readonly Histogram<int> BatchAppends = Meter.CreateHistogram<int>("event_store.batch.appends", "{append}");
}
