using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>
/// An immutable map that is read at every decision and changed a little by every event: small hash tables, of which a change copies only the one it touches.
/// A look-up touches three cache lines, where a balanced tree of the same size touches one for every level.
/// </summary>
internal sealed class ShardedMap<TKey, TValue> : IReadOnlyDictionary<TKey, TValue>
    where TKey : notnull
    where TValue : class
{
    private const int ShardBits = 10;

    private static readonly Dictionary<TKey, TValue> NoEntries = [];

    private readonly Dictionary<TKey, TValue>[] shards;

    private ShardedMap(Dictionary<TKey, TValue>[] shards, int count)
    {
        this.shards = shards;
        Count = count;
    }

    public static ShardedMap<TKey, TValue> Empty { get; } = new([.. Enumerable.Repeat(NoEntries, 1 << ShardBits)], 0);

    public int Count { get; }

    public IEnumerable<TKey> Keys => shards.SelectMany(shard => shard.Keys);

    public IEnumerable<TValue> Values => shards.SelectMany(shard => shard.Values);

    public TValue this[TKey key] => TryGetValue(key, out TValue? value) ? value : throw new KeyNotFoundException();

    public bool ContainsKey(TKey key) => shards[ShardOf(key)].ContainsKey(key);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => shards[ShardOf(key)].TryGetValue(key, out value);

    public TValue? GetValueOrDefault(TKey key) => TryGetValue(key, out TValue? value) ? value : null;

    public TValue GetValueOrDefault(TKey key, TValue otherwise) => TryGetValue(key, out TValue? value) ? value : otherwise;

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => shards.SelectMany(shard => shard).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public Builder ToBuilder() => new(this);

    // The multiplication spreads hash codes that differ in few bits over all shards.
    private static int ShardOf(TKey key) => (int)(unchecked((uint)key.GetHashCode() * 0x9E37_79B1u) >> (32 - ShardBits));

    /// <summary>Changes on top of a map, which stays as it is. Used by one thread.</summary>
    internal sealed class Builder(ShardedMap<TKey, TValue> map)
    {
        private readonly Dictionary<TKey, TValue>[] shards = [.. map.shards];
        private readonly bool[] own = new bool[1 << ShardBits];
        private int count = map.Count;

        public TValue this[TKey key]
        {
            set
            {
                Dictionary<TKey, TValue> shard = Own(ShardOf(key));
                count += shard.ContainsKey(key) ? 0 : 1;
                shard[key] = value;
            }
        }

        public void Remove(TKey key)
        {
            int shard = ShardOf(key);
            if (shards[shard].ContainsKey(key))
            {
                Own(shard).Remove(key);
                count--;
            }
        }

        /// <summary>The changed map; the builder is not used after it.</summary>
        public ShardedMap<TKey, TValue> ToImmutable() => new(shards, count);

        private Dictionary<TKey, TValue> Own(int shard)
        {
            if (!own[shard])
            {
                own[shard] = true;
                shards[shard] = new Dictionary<TKey, TValue>(shards[shard]);
            }

            return shards[shard];
        }
    }
}
