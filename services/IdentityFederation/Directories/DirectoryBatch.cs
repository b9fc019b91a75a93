using System.Collections.Concurrent;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>What one run is about, and what it has done so far. Safe for the commands that run side by side.</summary>
internal sealed class DirectoryBatch(string name, DirectoryOptions options, EventMetadata metadata, DateTimeOffset now)
{
    private const int RefusedEntriesMax = 100;

    private readonly ConcurrentDictionary<string, string> refused = new(StringComparer.Ordinal);
    private int created;
    private int changed;
    private int deactivated;

    /// <summary>How many commands run at once: each has a connection of its own.</summary>
    public const int Parallel = 12;

    public string Name => name;

    public DirectoryOptions Options => options;

    public EventMetadata Metadata => metadata;

    public DateTimeOffset Now => now;

    public void Created() => Interlocked.Increment(ref created);

    public void Changed() => Interlocked.Increment(ref changed);

    public void Deactivated() => Interlocked.Increment(ref deactivated);

    public void Refuse(string externalId, Refusal refusal) => refused[externalId] = refusal.Code;

    public bool Refused(string externalId) => refused.ContainsKey(externalId);

    public DirectoryRun Ended(bool full, DateTimeOffset at, int read, int groupsRead, int missing) => new(
        full, now, at, read, created, changed, deactivated, missing, groupsRead,
        refused.GroupBy(entry => entry.Value, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal),
        [.. refused.OrderBy(entry => entry.Key, StringComparer.Ordinal).Take(RefusedEntriesMax).Select(entry => new RefusedEntry(entry.Key, entry.Value))]);
}
