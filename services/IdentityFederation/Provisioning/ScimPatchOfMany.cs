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
            case ("remove", null) when path.Among is null && value is JsonArray { Count: > 0 } or JsonObject:
                // Entra ID names what to remove by values instead of by a filter.
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

        // People are members once, whatever else is said of them; addresses are the same when everything about them is.
        HashSet<string> known = [.. items.Select(Key)];
        List<JsonObject> added = [.. (path.Among is null ? given : given.Select(one => Merged(Made(path.Among), one))).Where(
            item => known.Add(Key(item)))];
        items.AddRange(added);
        return added;

        string Key(JsonObject item) => attribute.Part("primary") is null ? ValueOf(item) : item.ToJsonString();
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
