using System.Buffers;

namespace AccessGov.Cedar;

/// <summary>
/// Places of policies in their set, gathered on the stack while they are few and in a rented array when they are many.
/// </summary>
internal ref struct CandidateList(Span<int> stack)
{
    private Span<int> items = stack;
    private int[]? rented;
    private int count;

    public void Add(scoped ReadOnlySpan<int> policies)
    {
        if (count + policies.Length > items.Length)
        {
            Grow(count + policies.Length);
        }

        policies.CopyTo(items[count..]);
        count += policies.Length;
    }

    /// <summary>The candidates in the order of the set, each once: a list of actions may have led to one policy twice.</summary>
    public readonly Span<int> InOrder()
    {
        Span<int> found = items[..count];
        if (IsAscending(found))
        {
            return found;
        }

        found.Sort();
        int distinct = 1;
        for (int i = 1; i < found.Length; i++)
        {
            if (found[i] != found[distinct - 1])
            {
                found[distinct++] = found[i];
            }
        }

        return found[..distinct];
    }

    public void Return()
    {
        if (rented is not null)
        {
            ArrayPool<int>.Shared.Return(rented);
            rented = null;
        }
    }

    private static bool IsAscending(ReadOnlySpan<int> found)
    {
        for (int i = 1; i < found.Length; i++)
        {
            if (found[i] <= found[i - 1])
            {
                return false;
            }
        }

        return true;
    }

    private void Grow(int needed)
    {
        int[] bigger = ArrayPool<int>.Shared.Rent(Math.Max(needed, items.Length * 2));
        items[..count].CopyTo(bigger);
        Return();
        items = rented = bigger;
    }
}
