using System.Text.RegularExpressions;

namespace AccessGov.PolicyDecision.Journal;

internal enum JournalMode
{
    /// <summary>A decision is answered after its record is committed or fsynced.</summary>
    Durable,

    /// <summary>A decision is answered at once; a crash can lose the records that wait, an overflow is counted and marked.</summary>
    Async,
}

/// <summary>How decisions are remembered. Section "DecisionJournal".</summary>
internal sealed partial class DecisionJournalOptions
{
    public JournalMode Mode { get; set; } = JournalMode.Durable;

    /// <summary>Of the service's own login role.</summary>
    public string ConnectionString { get; set; } = "";

    public string Schema { get; set; } = "policy_decision";

    /// <summary>The name of this replica; with an id of the process it names the writer of a chain.</summary>
    public string Replica { get; set; } = Environment.MachineName;

    /// <summary>Where the spool lies: on a disk that outlives the process, and no other process's.</summary>
    public string SpoolDirectory { get; set; } = "";

    public long SpoolBytesMax { get; set; } = 64L << 20;

    /// <summary>Records that wait for the writer, in bytes of JSON.</summary>
    public int QueueBytesMax { get; set; } = 16 << 20;

    public int BatchBytesMax { get; set; } = 256 << 10;

    public int BatchRecordsMax { get; set; } = 512;

    /// <summary>How long opening a connection may take, in whole seconds, before the database counts as away.</summary>
    public TimeSpan ConnectBound { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a commit may take before the batch goes to the spool instead.</summary>
    public TimeSpan CommitBound { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long records that nobody waits for may gather before they are committed.</summary>
    public TimeSpan AsyncLinger { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Actions whose decision waits for the journal in mode async too.</summary>
    public string[] MustLogActions { get; set; } = [];

    /// <summary>Actions whose decision does not wait for the journal in mode durable either.</summary>
    public string[] BestEffortActions { get; set; } = [];

    /// <summary>A file whose bytes (32 or more) are the key that subject and patient ids are hashed with; none: ids stand as they are.</summary>
    public string? IdHashKeyFile { get; set; }

    /// <summary>A PEM file with the P-256 private key that signs the daily anchors; none: there are no anchors.</summary>
    public string? AnchorKeyFile { get; set; }

    /// <summary>Keys that anchors were signed with before, private or public: they are still checked.</summary>
    public string[] FormerAnchorKeyFiles { get; set; } = [];

    /// <summary>The share of their time that the indexer, and the feed of the audit trail, may work while decisions are being made.</summary>
    public double IndexerShare { get; set; } = 0.03;

    public TimeSpan IndexerInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    public bool MustLog(string action) => Mode == JournalMode.Durable
        ? BestEffortActions.Length == 0 || !BestEffortActions.Contains(action, StringComparer.Ordinal)
        : MustLogActions.Length > 0 && MustLogActions.Contains(action, StringComparer.Ordinal);

    /// <summary>What is wrong with the options, a sentence each.</summary>
    public IEnumerable<string> Problems()
    {
        if (ConnectionString.Length == 0)
        {
            yield return "DecisionJournal:ConnectionString is missing.";
        }

        if (!SchemaName().IsMatch(Schema))
        {
            yield return "DecisionJournal:Schema must be a lower-case SQL name.";
        }

        if (Replica.Length is 0 or > 100 || Replica.Contains('/', StringComparison.Ordinal))
        {
            yield return "DecisionJournal:Replica must have 1 to 100 characters and no slash.";
        }

        if (SpoolDirectory.Length == 0)
        {
            yield return "DecisionJournal:SpoolDirectory is missing.";
        }

        if (BatchBytesMax < 1024 || BatchRecordsMax < 1 || QueueBytesMax < BatchBytesMax || SpoolBytesMax < 1024)
        {
            yield return "DecisionJournal: the bounds of batch, queue and spool are at least 1 KB, and the queue holds at least one batch.";
        }

        if (ConnectBound < TimeSpan.FromSeconds(1) || ConnectBound.Ticks % TimeSpan.TicksPerSecond != 0 || ConnectBound > TimeSpan.FromMinutes(10))
        {
            yield return "DecisionJournal:ConnectBound is a whole number of seconds, from 1 to 600.";
        }

        if (CommitBound <= TimeSpan.Zero || AsyncLinger < TimeSpan.Zero || IndexerInterval <= TimeSpan.Zero || IndexerShare is not (> 0 and <= 1))
        {
            yield return "DecisionJournal: CommitBound and IndexerInterval are longer than nothing, IndexerShare is above 0 and at most 1.";
        }

        foreach (string? file in FormerAnchorKeyFiles.Append(IdHashKeyFile).Append(AnchorKeyFile).Where(file => file is not null && !File.Exists(file)))
        {
            yield return $"DecisionJournal: the key file {file} does not exist.";
        }
    }

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex SchemaName();
}
