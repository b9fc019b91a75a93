namespace AccessGov.PolicyDecision.Search;

/// <summary>
/// Searches whose later pages may still be asked for, with all their results, so that a later page costs little and shows nothing new. Bounded in number,
/// results and time; the one that was not used for longest goes first. Thread-safe.
/// </summary>
internal sealed class HeldSearches(TimeProvider clock)
{
    public const int SearchesMax = 64;

    /// <summary>Results of all searches together.</summary>
    public const int ResultsMax = 250_000;

    /// <summary>How long a search is held after its last page.</summary>
    public static readonly TimeSpan HeldFor = TimeSpan.FromMinutes(5);

    /// <summary>How long a search is held at most, however often its pages are asked for.</summary>
    public static readonly TimeSpan HeldAtMost = TimeSpan.FromMinutes(15);

    private readonly Lock gate = new();
    private readonly Dictionary<Guid, LinkedListNode<Held>> byId = [];
    private readonly LinkedList<Held> byUse = [];
    private int results;

    public void Hold(SearchAnswer search)
    {
        lock (gate)
        {
            byId[search.Id] = byUse.AddLast(new Held(search, clock.GetTimestamp()));
            results += search.Results.Count;
            while (byUse.First is { } oldest && (byUse.Count > SearchesMax || (results > ResultsMax && byUse.Count > 1) || IsOver(oldest.Value)))
            {
                Drop(oldest);
            }
        }
    }

    /// <summary>Null when it is no longer held.</summary>
    public SearchAnswer? Find(Guid id)
    {
        lock (gate)
        {
            while (byUse.First is { } oldest && IsOver(oldest.Value))
            {
                Drop(oldest);
            }

            if (!byId.TryGetValue(id, out LinkedListNode<Held>? found))
            {
                return null;
            }

            // The list is in the order of use: one that is held for too long may stand anywhere in it.
            if (IsOver(found.Value))
            {
                Drop(found);
                return null;
            }

            found.Value.UsedAt = clock.GetTimestamp();
            byUse.Remove(found);
            byUse.AddLast(found);
            return found.Value.Search;
        }
    }

    private bool IsOver(Held held) => clock.GetElapsedTime(held.UsedAt) >= HeldFor || clock.GetElapsedTime(held.FoundAt) >= HeldAtMost;

    private void Drop(LinkedListNode<Held> node)
    {
        byUse.Remove(node);
        byId.Remove(node.Value.Search.Id);
        results -= node.Value.Search.Results.Count;
    }

    private sealed class Held(SearchAnswer search, long foundAt)
    {
        public SearchAnswer Search { get; } = search;

        public long FoundAt { get; } = foundAt;

        public long UsedAt { get; set; } = foundAt;
    }
}
