using System.Text.Json;
using AccessGov.Cedar;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>Properties of an AuthZEN request as Cedar attributes.</summary>
internal static class RequestProperties
{
    /// <summary>A JSON object as Cedar attributes; members that are null count as absent.</summary>
    /// <exception cref="FormatException">A value is none that Cedar has: the message names it.</exception>
    public static RecordValue Read(JsonElement element, string name)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
        {
            return RecordValue.Empty;
        }

        var attributes = new List<KeyValuePair<string, Value>>();
        foreach (JsonProperty member in element.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
        {
            try
            {
                attributes.Add(KeyValuePair.Create(member.Name, ValueJson.Read(member.Value)));
            }
            catch (ValueJsonException problem)
            {
                throw new FormatException($"{name}.{member.Name}: {problem.Message}", problem);
            }
        }

        return new RecordValue(attributes);
    }

    /// <summary>The context with the action's properties as <c>context.action</c>, where the request has some.</summary>
    public static RecordValue WithAction(RecordValue context, RecordValue? action) => action is null ? context : Merge(
        new RecordValue([KeyValuePair.Create<string, Value>("action", action)]), context);

    /// <summary>The attributes of both; the winner's where both have one.</summary>
    public static RecordValue Merge(RecordValue winner, RecordValue other) => other.Count == 0 ? winner
        : winner.Count == 0 ? other
        : new RecordValue(Pairs(winner).Concat(Pairs(other).Where(pair => winner.Find(pair.Key) is null)));

    private static IEnumerable<KeyValuePair<string, Value>> Pairs(RecordValue record)
    {
        for (int i = 0; i < record.Count; i++)
        {
            yield return KeyValuePair.Create(record.Names[i], record.Values[i]);
        }
    }
}
