using System.Diagnostics.CodeAnalysis;

namespace AccessGov.Cedar;

/// <summary>A Cedar Record: attribute names (any string, case-sensitive, each once) with values.</summary>
public sealed class RecordValue : Value
{
    // Up to this size comparing the names one by one beats hashing.
    private const int LinearMax = 16;

    private readonly string[] names;
    private readonly Value[] values;
    private readonly Dictionary<string, int>? index;
    private readonly int depth;

    // Worked out when it is asked for, 0 until then; threads may do so twice, and come to the same.
    private int hash;

    /// <summary>A record of <paramref name="attributes"/>.</summary>
    /// <exception cref="ArgumentException">A name occurs twice, or the record would nest deeper than <see cref="Value.DepthMax"/>.</exception>
    public RecordValue(IEnumerable<KeyValuePair<string, Value>> attributes)
        : this(Split(attributes, out Value[] values), values)
    {
    }

    /// <summary>Takes both arrays over: nobody else may write to them.</summary>
    internal RecordValue(string[] names, Value[] values)
    {
        this.names = NameLists.Find(names) ?? names;
        this.values = values;
        if (ReferenceEquals(this.names, names))
        {
            index = IndexOrCheck(names);
            NameLists.Remember(names);
        }

        foreach (Value value in values)
        {
            depth = Math.Max(depth, value.Depth);
        }

        depth++;
        if (depth > DepthMax)
        {
            throw new ArgumentException($"A value nests sets and records deeper than {DepthMax}.", nameof(values));
        }
    }

    /// <summary>The record without attributes.</summary>
    public static RecordValue Empty { get; } = new([], []);

    /// <summary>How many attributes there are.</summary>
    public int Count => names.Length;

    /// <summary>The attribute names, in the order given.</summary>
    public ReadOnlySpan<string> Names => names;

    /// <summary>The attribute values, in the order of <see cref="Names"/>.</summary>
    public ReadOnlySpan<Value> Values => values;

    internal override int Depth => depth;

    internal override string TypeName => "record";

    /// <summary>A record of <paramref name="attributes"/>.</summary>
    /// <exception cref="ArgumentException">A name occurs twice, or the record would nest deeper than <see cref="Value.DepthMax"/>.</exception>
    public static RecordValue Of(params ReadOnlySpan<(string Name, Value Value)> attributes)
    {
        var ownNames = new string[attributes.Length];
        var ownValues = new Value[attributes.Length];
        for (int i = 0; i < attributes.Length; i++)
        {
            (ownNames[i], ownValues[i]) = attributes[i];
        }

        return new RecordValue(ownNames, ownValues);
    }

    /// <summary>The value of attribute <paramref name="name"/>, or null when there is none.</summary>
    public Value? Find(string name)
    {
        if (index is not null)
        {
            return index.TryGetValue(name, out int found) ? values[found] : null;
        }

        string[] candidates = names;
        for (int i = 0; i < candidates.Length; i++)
        {
            if (string.Equals(candidates[i], name, StringComparison.Ordinal))
            {
                return values[i];
            }
        }

        return null;
    }

    /// <summary>Whether attribute <paramref name="name"/> exists, and its value.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Value? value)
    {
        value = Find(name);
        return value is not null;
    }

    /// <inheritdoc />
    public override bool Equals(Value? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is not RecordValue that || that.Count != Count || that.depth != depth)
        {
            return false;
        }

        // Records that differ in their last member only would be compared as a whole at every level of a nested value.
        if (depth > 1 && GetHashCode() != that.GetHashCode())
        {
            return false;
        }

        for (int i = 0; i < names.Length; i++)
        {
            if (that.Find(names[i]) is not { } counterpart || !values[i].Equals(counterpart))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc />
    public override int GetHashCode()
    {
        if (hash != 0)
        {
            return hash;
        }

        ulong sum = 0;
        for (int i = 0; i < names.Length; i++)
        {
            sum = unchecked(sum + SeededHash.Term(names[i].GetHashCode(StringComparison.Ordinal), values[i].GetHashCode()));
        }

        return hash = SeededHash.OfSum(sum, names.Length);
    }

    private static string[] Split(IEnumerable<KeyValuePair<string, Value>> attributes, out Value[] values)
    {
        KeyValuePair<string, Value>[] pairs = attributes.ToArray();
        values = Array.ConvertAll(pairs, pair => pair.Value);
        return Array.ConvertAll(pairs, pair => pair.Key);
    }

    private static Dictionary<string, int>? IndexOrCheck(string[] names)
    {
        if (names.Length > LinearMax)
        {
            var places = new Dictionary<string, int>(names.Length, StringComparer.Ordinal);
            for (int i = 0; i < names.Length; i++)
            {
                if (!places.TryAdd(names[i], i))
                {
                    throw Duplicate(names[i]);
                }
            }

            return places;
        }

        for (int i = 1; i < names.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (string.Equals(names[i], names[j], StringComparison.Ordinal))
                {
                    throw Duplicate(names[i]);
                }
            }
        }

        return null;
    }

    private static ArgumentException Duplicate(string name) => new($"The attribute `{name}` occurs twice in one record.");
}
