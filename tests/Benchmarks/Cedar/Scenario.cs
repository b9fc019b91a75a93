using AccessGov.Cedar;

namespace AccessGov.Benchmarks.Cedar;

/// <summary>Requests over one set of entities.</summary>
internal sealed record Situation(EntityStore Entities, Request[] Requests);

/// <summary>A policy set and the situations it is measured in.</summary>
internal sealed record Scenario(string Name, string Policies, IReadOnlyList<Situation> Situations)
{
    public CompiledPolicySet Compiled { get; } = PolicySet.Parse(Policies).Compile();
}

/// <summary>Draws from one seed, so that every run measures the same.</summary>
internal sealed class Draw(int seed)
{
    private readonly Random random = new(seed);

    public int Below(int count) => random.Next(count);

    public bool Chance(double probability) => random.NextDouble() < probability;

    public T Of<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>Each of <paramref name="count"/> places with the same probability.</summary>
    public IEnumerable<int> Some(int count, double probability)
    {
        for (int i = 0; i < count; i++)
        {
            if (Chance(probability))
            {
                yield return i;
            }
        }
    }
}
