using System.Collections.Concurrent;

namespace AccessGov.EventSourcing.Subscriptions;

/// <summary>What the subscriptions of this process are doing, for health. Thread-safe.</summary>
internal sealed class SubscriptionStates
{
    private readonly ConcurrentDictionary<string, string?> failures = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => [.. failures.Keys.Order(StringComparer.Ordinal)];

    public string? FailureOf(string name) => failures.GetValueOrDefault(name);

    public void Works(string name) => failures[name] = null;

    public void Fails(string name, string why) => failures[name] = why;
}
