using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace AccessGov.Cedar;

/// <summary>Places of policies in their set. A few lie inside the node that has them, so that reading the node is reading them.</summary>
internal readonly struct PolicyPlaces
{
    private readonly int[]? many;
    private readonly int count;
    private readonly Few few;

    public PolicyPlaces(IReadOnlyList<int> places)
    {
        count = places.Count;
        if (count > Few.Max)
        {
            many = [.. places];
            return;
        }

        for (int i = 0; i < count; i++)
        {
            few[i] = places[i];
        }
    }

    [UnscopedRef]
    public ReadOnlySpan<int> AsSpan() => many is null ? ((ReadOnlySpan<int>)few)[..count] : many;

    [InlineArray(Max)]
    private struct Few
    {
        public const int Max = 7;

        private int first;
    }
}
