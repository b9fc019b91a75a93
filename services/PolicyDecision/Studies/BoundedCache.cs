using System.Collections.Concurrent;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>
/// A bounded map in two generations: when the young one is full it becomes the old one, and what was in the old one and not asked for since is gone.
/// A hit in the young generation is one dictionary look-up. Thread-safe.
/// </summary>
internal sealed class BoundedCache<TValue>(int entriesMax, TimeProvider clock)
    where TValue : class
{
    private readonly Lock turning = new();
    private readonly int generationMax = Math.Max(1, entriesMax / 2);
    private Generations generations = Generations.Empty;
    private long changes;
    private int youngCount;

    /// <summary>Counts removals and clearings; whoever loads a value notes it before and hands it to <see cref="Add"/>.</summary>
    public long Changes => Interlocked.Read(ref changes);

    /// <summary>Entries in both generations, about.</summary>
    public int Count => generations.Young.Count + generations.Old.Count;

    /// <summary>True when the key is known; the value is null when it is known to be absent.</summary>
    public bool TryGet(string key, out TValue? value)
    {
        Generations current = Volatile.Read(ref generations);
        if (current.Young.TryGetValue(key, out Entry entry) || (current.Old.TryGetValue(key, out entry) && Promote(current, key, entry)))
        {
            if (entry.EndsAt == long.MaxValue || clock.GetTimestamp() < entry.EndsAt)
            {
                value = entry.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>Keeps a value (null: absent), unless something was removed since <paramref name="changesBefore"/>: then it may be outdated already.</summary>
    public void Add(string key, TValue? value, long changesBefore, TimeSpan? lifetime = null)
    {
        long endsAt = lifetime is { } span ? clock.GetTimestamp() + (long)(span.TotalSeconds * clock.TimestampFrequency) : long.MaxValue;
        lock (turning)
        {
            if (changes == changesBefore)
            {
                Put(key, new Entry(value, endsAt));
            }
        }
    }

    public void Remove(IEnumerable<string> keys)
    {
        lock (turning)
        {
            Interlocked.Increment(ref changes);
            foreach (string key in keys)
            {
                generations.Young.TryRemove(key, out _);
                generations.Old.TryRemove(key, out _);
            }
        }
    }

    public void Clear()
    {
        lock (turning)
        {
            Interlocked.Increment(ref changes);
            youngCount = 0;
            Volatile.Write(ref generations, Generations.Empty);
        }
    }

    private bool Promote(Generations seen, string key, Entry entry)
    {
        lock (turning)
        {
            // A removal in between must not be undone by putting the entry back.
            if (ReferenceEquals(seen, generations) && generations.Old.ContainsKey(key))
            {
                Put(key, entry);
            }
        }

        return true;
    }

    private void Put(string key, Entry entry)
    {
        if (youngCount >= generationMax)
        {
            Volatile.Write(ref generations, new Generations(Generations.NewMap(), generations.Young));
            youngCount = 0;
        }

        generations.Young[key] = entry;
        youngCount++;
    }

    private readonly record struct Entry(TValue? Value, long EndsAt);

    private sealed record Generations(ConcurrentDictionary<string, Entry> Young, ConcurrentDictionary<string, Entry> Old)
    {
        public static Generations Empty => new(NewMap(), NewMap());

        public static ConcurrentDictionary<string, Entry> NewMap() => new(StringComparer.Ordinal);
    }
}
