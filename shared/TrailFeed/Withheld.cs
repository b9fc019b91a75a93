using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessGov.TrailFeed;

/// <summary>
/// The members of events that never leave their service, because they open something or help to guess what does. They are removed
/// wherever in the event they stand. Immutable.
/// </summary>
public sealed class Withheld
{
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    private readonly FrozenDictionary<string, FrozenSet<string>> members;

    /// <param name="members">The members' names for each event's stored name; an event that is not named is told whole.</param>
    public Withheld(IReadOnlyDictionary<string, string[]> members) => this.members = members.ToFrozenDictionary(
        pair => pair.Key, pair => pair.Value.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>A service whose events hold nothing secret.</summary>
    public static Withheld None { get; } = new(new Dictionary<string, string[]>(StringComparer.Ordinal));

    /// <summary>The events that something is withheld of.</summary>
    public IReadOnlyCollection<string> Events => members.Keys;

    /// <summary>What is withheld of an event.</summary>
    /// <param name="eventName">Its stored name.</param>
    public IReadOnlyCollection<string> Of(string eventName) => members.TryGetValue(eventName, out FrozenSet<string>? some) ? some : [];

    /// <summary>What may be told of an event that is stored as <paramref name="text"/>; nothing of one that the service does not
    /// know.</summary>
    internal JsonElement Without(string eventName, string text, bool known)
    {
        if (!known)
        {
            return Nothing;
        }

        if (!members.TryGetValue(eventName, out FrozenSet<string>? secret))
        {
            return JsonElement.Parse(text);
        }

        JsonNode? payload = JsonNode.Parse(text);
        Remove(payload, secret);
        return JsonSerializer.SerializeToElement(payload);
    }

    private static void Remove(JsonNode? node, FrozenSet<string> secret)
    {
        if (node is JsonObject some)
        {
            foreach (string name in secret)
            {
                some.Remove(name);
            }
        }

        IEnumerable<JsonNode?> inside = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray elements => elements,
            _ => [],
        };
        foreach (JsonNode? child in inside)
        {
            Remove(child, secret);
        }
    }
}
