using System.Globalization;
using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>Leaves the declaration that cannot be read; caught by the reader of the schema, never outside this library.</summary>
internal sealed class SchemaJsonFailureException(JsonPlace place, string message) : Exception(message)
{
    public JsonPlace Place => place;
}

/// <summary>One value of the JSON of a schema with its place, read strictly: what is not expected is refused.</summary>
internal readonly struct SchemaJsonCursor(JsonElement element, JsonPlace place)
{
    public JsonPlace Place => place;

    public bool IsNull => element.ValueKind == JsonValueKind.Null;

    public SchemaJsonFailureException Fail(string message) => new(place, message);

    /// <summary>The members of an object in order, each key once.</summary>
    public List<KeyValuePair<string, SchemaJsonCursor>> Members(string what)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Fail($"{what} is an object, found {Describe()}.");
        }

        var members = new List<KeyValuePair<string, SchemaJsonCursor>>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string key = KeyOf(property);
            var member = new SchemaJsonCursor(property.Value, new JsonPlace(place.File, place, key));
            if (!keys.Add(key))
            {
                throw member.Fail($"The key {ValueText.Quote(key)} occurs twice in one object; remove one.");
            }

            members.Add(KeyValuePair.Create(key, member));
        }

        return members;
    }

    /// <summary>The members of an object that may have no keys but <paramref name="known"/>.</summary>
    public Dictionary<string, SchemaJsonCursor> Fields(string what, params ReadOnlySpan<string> known)
    {
        var fields = new Dictionary<string, SchemaJsonCursor>(StringComparer.Ordinal);
        foreach ((string key, SchemaJsonCursor member) in Members(what))
        {
            if (known.IndexOf(key) < 0)
            {
                throw member.Fail($"{what} has no key {ValueText.Quote(key)}; expected {string.Join(", ", known!)}.");
            }

            fields.Add(key, member);
        }

        return fields;
    }

    public List<SchemaJsonCursor> Items(string what)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw Fail($"{what} is an array, found {Describe()}.");
        }

        var items = new List<SchemaJsonCursor>();
        foreach (JsonElement item in element.EnumerateArray())
        {
            items.Add(new SchemaJsonCursor(item, new JsonPlace(place.File, place, items.Count.ToString(CultureInfo.InvariantCulture))));
        }

        return items;
    }

    public string Text(string what)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            throw Fail($"{what} is a string, found {Describe()}.");
        }

        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Fail("This string is not valid Unicode.");
        }
    }

    public bool Boolean(string what) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Fail($"{what} is true or false, found {Describe()}."),
    };

    /// <summary>The name of a type, perhaps with its namespace, <c>__cedar</c> among them.</summary>
    public string TypeName(string what)
    {
        string name = Text(what);
        bool isName = true;
        foreach (Range range in name.AsSpan().Split("::"))
        {
            string part = name[range];
            isName &= part is Names.ReservedNamespace || Names.IsNormalizedPath(part);
        }

        return isName ? name : throw Fail($"{ValueText.Quote(name)} is not the name of a type, such as User or Hospital::User.");
    }

    private string KeyOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw Fail("A key of this object is not valid Unicode.");
        }
    }

    private string Describe() => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
