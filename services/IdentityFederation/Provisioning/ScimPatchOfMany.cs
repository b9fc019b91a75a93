using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>PATCH of an attribute that has several values: all of them, those that a filter meets, or a part of each.</summary>
internal static class ScimPatchOfMany
{
    public static void Apply(JsonObject holder, string verb, ScimAttribute attribute, ScimPath path, JsonNode? value)
    {
        List<JsonObject> items = [.. (holder[attribute.Name] as JsonArray ?? []).OfType<JsonObject>()];
        List<JsonObject> targets = path.Among is null ? [.. items] : [.. items.Where(path.Among.Matches)];
        List<JsonObject> touched = [];
        switch (verb, path.Part)
        {
            case ("remove", null) when path.Among is null && value is not null:
                // Entra ID names what to remove by values instead of by a filter; a list of nobody removes nobody.
                HashSet<string> gone = [.. Given(attribute, value).Select(ValueOf)];
                items.RemoveAll(item => gone.Contains(ValueOf(item)));
                break;
            case ("remove", null):
                items = [.. items.Except(targets)];
                break;
            case (_, { Immutable: true } fixedPart) when targets.Any(target => Changes(target, fixedPart, verb == "remove" ? null : value)):
                throw new ScimException(
                    "mutability", $"{attribute.Name}.{fixedPart.Name} is given once: remove the value and add another.");
            case ("remove", { } part):
                targets.ForEach(target => target.Remove(part.Name));
                items.RemoveAll(item => item.Count == 0);
                break;
            case ("replace", _) when path.Among is not null && targets.Count == 0:
                throw new ScimException("noTarget", $"No value of {attribute.Name} meets the filter.");
            case (_, { } part):
                if (targets.Count == 0)
                {
                    targets = [Made(path.Among)];
                    items.AddRange(targets);
                }

                targets.ForEach(target => ScimValues.Assign(target, part.Name, ScimValues.Of(part, value)));
                touched = targets;
                break;
            case ("replace", null) when path.Among is null:
                items = Given(attribute, value);
                break;
            default:
                touched = Added(items, attribute, path, targets, value, replaced: verb == "replace");
                break;
        }

        OnePrimary(items, touched);
        ScimValues.Assign(holder, attribute.Name, items.Count == 0 ? null : new JsonArray([.. items.Select(item => item.DeepClone())]));
    }

    private static bool Changes(JsonObject target, ScimAttribute part, JsonNode? value) =>
        target[part.Name] is { } there && !JsonNode.DeepEquals(there, ScimValues.Of(part, value));

    private static List<JsonObject> Added(
        List<JsonObject> items, ScimAttribute attribute, ScimPath path, List<JsonObject> targets, JsonNode? value, bool replaced)
    {
        List<JsonObject> given = Given(attribute, value);
        if (path.Among is not null && targets.Count > 0)
        {
            JsonObject one = given is [var single] ? single
                : throw new ScimException("invalidValue", $"The value for one of {attribute.Name} is one object.");
            List<JsonObject> made = [.. targets.Select(target => replaced ? (JsonObject)one.DeepClone() : Merged(target, one))];
            foreach ((JsonObject target, JsonObject instead) in targets.Zip(made))
            {
                items[items.IndexOf(target)] = instead;
            }

            return made;
        }

        List<JsonObject> touched = [];
        foreach (JsonObject one in path.Among is null ? given : given.Select(one => Merged(Made(path.Among), one)))
        {
            int there = items.FindIndex(item => IsSame(item, one));
            JsonObject added = there < 0 ? one : Merged(items[there], one);
            if (there < 0)
            {
                items.Add(added);
            }
            else
            {
                items[there] = added;
            }

            touched.Add(added);
        }

        return touched;
    }

    /// <summary>
    /// Whether what is added is there already (RFC 7644, 3.5.2.1): a value of the same type, or the same parts when there is no value, such
    /// as of a postal address. Which one is to be used first makes no other value of it.
    /// </summary>
    private static bool IsSame(JsonObject there, JsonObject added) => there["value"] is not null || added["value"] is not null
        ? JsonNode.DeepEquals(there["value"], added["value"]) && JsonNode.DeepEquals(there["type"], added["type"])
        : JsonNode.DeepEquals(WithoutPrimary(there), WithoutPrimary(added));

    private static JsonObject WithoutPrimary(JsonObject item)
    {
        var without = (JsonObject)item.DeepClone();
        without.Remove("primary");
        return without;
    }

    // Where one becomes the first to use, the others cease to be (RFC 7644, 3.5.2).
    private static void OnePrimary(List<JsonObject> items, List<JsonObject> touched)
    {
        if (touched.LastOrDefault(ScimValues.IsPrimary) is { } first)
        {
            items.Where(item => item != first && ScimValues.IsPrimary(item)).ToList().ForEach(item => item["primary"] = false);
        }
    }

    /// <summary>A value that meets a filter of equalities; what else the filter asks is not made up.</summary>
    private static JsonObject Made(ScimFilter? among)
    {
        var made = new JsonObject();
        foreach (ScimFilter one in among is ScimFilter.And and ? and.Parts : among is null ? [] : [among])
        {
            if (one is ScimFilter.Compare { Operator: ScimOperator.Eq, Path.Attribute: { } attribute, Value: string or bool } equality)
            {
                made[attribute.Name] = equality.Value is bool truth ? JsonValue.Create(truth) : JsonValue.Create((string)equality.Value);
            }
        }

        return made;
    }

    private static List<JsonObject> Given(ScimAttribute attribute, JsonNode? value) =>
        [.. (ScimValues.Of(attribute, value) as JsonArray ?? []).OfType<JsonObject>()];

    public static JsonObject Merged(JsonObject before, JsonObject parts)
    {
        var merged = (JsonObject)before.DeepClone();
        foreach ((string name, JsonNode? part) in parts)
        {
            merged[name] = part?.DeepClone();
        }

        return merged;
    }

    private static string ValueOf(JsonObject item) => item["value"] is { } value ? ScimText.Of(value) : item.ToJsonString();
}
