namespace AccessGov.PolicyDecision.Facts;

/// <summary>The entries of a map that the events since the last snapshot touched, in a form that is changed in place. Used by one thread.</summary>
/// <param name="closed">The map that the last snapshot has.</param>
/// <param name="open">Makes an entry changeable; what is not in the map is opened as null.</param>
/// <param name="close">Makes it immutable again; null when nothing is left of it.</param>
internal sealed class OpenEntries<TKey, TValue, TOpen>(ShardedMap<TKey, TValue> closed, Func<TValue?, TOpen> open, Func<TOpen, TValue?> close)
    where TKey : notnull
    where TValue : class
{
    private readonly Dictionary<TKey, TOpen> opened = [];

    /// <summary>The map as of the last snapshot.</summary>
    public ShardedMap<TKey, TValue> Closed { get; private set; } = closed;

    public IEnumerable<TOpen> Opened => opened.Values;

    public TOpen Of(TKey key)
    {
        if (!opened.TryGetValue(key, out TOpen? entry))
        {
            opened.Add(key, entry = open(Closed.GetValueOrDefault(key)));
        }

        return entry;
    }

    /// <summary>Writes what was opened into the facts so far.</summary>
    public ShardedMap<TKey, TValue> CloseInto(ShardedMap<TKey, TValue> facts)
    {
        ShardedMap<TKey, TValue>.Builder builder = facts.ToBuilder();
        foreach ((TKey key, TOpen entry) in opened)
        {
            if (close(entry) is { } value)
            {
                builder[key] = value;
            }
            else
            {
                builder.Remove(key);
            }
        }

        opened.Clear();
        return Closed = builder.ToImmutable();
    }
}
