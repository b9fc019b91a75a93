using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>Parsed JSON, read so that nothing in it ends a run: a string or a key may hold half of a surrogate pair, which is no text.</summary>
internal static class JsonText
{
    public const string HalfPair = "half of a surrogate pair, which is no text";

    /// <exception cref="InputException">It is no string, or no text.</exception>
    public static string Text(this JsonElement json, Place place)
    {
        if (json.ValueKind != JsonValueKind.String)
        {
            throw place.Refuse("expected a string.");
        }

        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw place.Refuse($"this holds {HalfPair}.");
        }
    }

    /// <summary>The member, or null where there is none or this is no object. A key that is no text is nobody's name.</summary>
    public static JsonElement? Member(this JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        try
        {
            return json.TryGetProperty(name, out JsonElement member) ? member : null;
        }
        catch (InvalidOperationException)
        {
            return json.EnumerateObject().Where(member => Key(member) == name).Select(member => (JsonElement?)member.Value).LastOrDefault();
        }
    }

    /// <summary>All members of an object that may have these only.</summary>
    /// <exception cref="InputException">It is no object, or has other members, or one twice.</exception>
    public static Dictionary<string, JsonElement> Members(this JsonElement json, Place place, params string[] known)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw place.Refuse($"expected an object with {string.Join(", ", known)}.");
        }

        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty member in json.EnumerateObject())
        {
            string key = Key(member) ?? throw place.Refuse($"a key holds {HalfPair}.");
            if (!known.Contains(key, StringComparer.Ordinal))
            {
                throw place.Refuse($"there is no member `{key}`; the members are {string.Join(", ", known)}.");
            }

            if (!members.TryAdd(key, member.Value))
            {
                throw place.Refuse($"the member `{key}` occurs twice.");
            }
        }

        return members;
    }

    /// <summary>The key that the reader stands on, or null where it is no text.</summary>
    public static string? Key(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public static string? Key(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
