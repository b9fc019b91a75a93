using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace AccessGov.Cedar;

/// <summary>
/// An immutable hash table with uids as keys. It uses the hash code that a uid carries and knows the one way of comparing them, so a
/// look-up costs a fraction of a dictionary's. Half of the slots are free at least: probing one by one ends soon. A value, so that it
/// lies inside whatever has it; the default is empty. A slot holds the hash code as well: passing a slot by reads no other memory.
/// </summary>
internal readonly struct UidTable<T>
{
    private readonly Slot[]? slots;
    private readonly int shift;

    /// <summary>A table of <paramref name="pairs"/>, whose keys are all different.</summary>
    public UidTable(IReadOnlyCollection<KeyValuePair<EntityUid, T>> pairs)
    {
        Count = pairs.Count;
        if (Count == 0)
        {
            return;
        }

        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, Count * 2));
        shift = 32 - BitOperations.Log2((uint)size);
        slots = new Slot[size];
        foreach ((EntityUid key, T value) in pairs)
        {
            int place = PlaceOf(key);
            while (slots[place].Key is not null)
            {
                place = (place + 1) & (size - 1);
            }

            slots[place] = new Slot(key, value);
        }
    }

    public int Count { get; }

    /// <summary>The pairs in their slots; in a free slot the key is null.</summary>
    public ReadOnlySpan<Slot> Slots => slots;

    /// <summary>The value of <paramref name="uid"/>, or the default when it is not a key.</summary>
    public T? Find(EntityUid uid) => TryFind(uid, out T? value) ? value : default;

    public bool TryFind(EntityUid uid, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (slots is not { } table)
        {
            return false;
        }

        int hash = uid.GetHashCode();
        int place = PlaceOf(uid);
        while (true)
        {
            ref readonly Slot slot = ref table[place];
            if (slot.Key is null)
            {
                return false;
            }

            if (slot.Hash == hash && slot.Key.Equals(uid))
            {
                value = slot.Value;
                return true;
            }

            place = (place + 1) & (table.Length - 1);
        }
    }

    // The upper bits of a multiplication depend on all bits of the hash code.
    private int PlaceOf(EntityUid uid) => (int)(((uint)uid.GetHashCode() * 0x9E37_79B1u) >> shift);

    public readonly struct Slot(EntityUid key, T value)
    {
        public readonly EntityUid? Key = key;
        public readonly T Value = value;
        public readonly int Hash = key.GetHashCode();
    }
}
