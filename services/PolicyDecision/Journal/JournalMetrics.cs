using System.Diagnostics.Metrics;

namespace AccessGov.PolicyDecision.Journal;

internal static class JournalMetrics
{
    public const string MeterName = "AccessGov.PolicyDecision.Journal";

    private static readonly Meter Meter = new(MeterName);

    public static Counter<long> Lost { get; } = Meter.CreateCounter<long>("accessgov.journal.lost", "{record}", "Records that nobody waited for and that found no room.");

    public static Counter<long> Refused { get; } = Meter.CreateCounter<long>("accessgov.journal.refused", "{record}", "Records that could not be kept; their decisions were denials.");

    public static Counter<long> Records { get; } = Meter.CreateCounter<long>("accessgov.journal.records", "{record}", "Records and markers that landed.");

    public static Counter<long> Spooled { get; } = Meter.CreateCounter<long>("accessgov.journal.spooled", "{batch}", "Batches that landed in the spool.");

    public static Counter<long> Merged { get; } = Meter.CreateCounter<long>("accessgov.journal.merged", "{batch}", "Batches that were moved from the spool to the database.");

    public static Histogram<double> Landing { get; } = Meter.CreateHistogram<double>("accessgov.journal.landing", "ms", "From taking a batch to its commit or fsync.");

    public static Histogram<int> BatchRecords { get; } = Meter.CreateHistogram<int>("accessgov.journal.batch", "{record}", "Records per batch.");

    public static Counter<long> Indexed { get; } = Meter.CreateCounter<long>("accessgov.journal.indexed", "{record}", "Decisions that were indexed.");
}
