using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>A place in a JSON document that knows the way to itself, so that every refusal can name it. Keys are strict here.</summary>
internal sealed class JsonCursor
{
    private const int StepsMax = 100;

    private readonly JsonElement element;
    private readonly JsonCursor? parent;
    private readonly int index;

    private JsonCursor(JsonElement element, JsonCursor? parent, string name, int index)
    {
        this.element = element;
        this.parent = parent;
        this.index = index;
        Name = name;
    }

    /// <summary>The key under which this stands in its object; empty in an array.</summary>
    public string Name { get; }

    public JsonValueKind Kind => element.ValueKind;

    public static JsonCursor At(JsonElement root) => new(root, null, "", 0);

    public PolicyJsonException Fail(string problem) => new(Path(), Excerpt.Of(problem));

    /// <summary>The text of a string; half of a surrogate pair, which JSON can spell, is refused.</summary>
    public string Text() => Kind == JsonValueKind.String
        ? Unicode(this, element, static element => element.GetString()!)
        : throw Fail("Expected a string.");

    public long Integer() => element.TryGetInt64(out long integer)
        ? integer
        : throw Fail("Cedar knows no numbers but 64-bit integers, written without point and exponent.");

    public List<JsonCursor> Items(string expected)
    {
        if (Kind != JsonValueKind.Array)
        {
            throw Fail($"Expected {expected}.");
        }

        var items = new List<JsonCursor>(element.GetArrayLength());
        foreach (JsonElement item in element.EnumerateArray())
        {
            items.Add(new JsonCursor(item, this, "", items.Count));
        }

        return items;
    }

    /// <summary>The members of an object with whatever keys, none of them twice.</summary>
    public List<JsonCursor> Members(string expected)
    {
        if (Kind != JsonValueKind.Object)
        {
            throw Fail($"Expected {expected}.");
        }

        var members = new List<JsonCursor>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = Unicode(this, property, static property => property.Name);
            if (!names.Add(name))
            {
                throw Fail($"The key `{name}` occurs twice.");
            }

            members.Add(new JsonCursor(property.Value, this, name, 0));
        }

        return members;
    }

    /// <summary>The members of an object that has all of the <paramref name="required"/> keys, and others only of the <paramref name="optional"/>.</summary>
    public Dictionary<string, JsonCursor> Fields(string expected, ReadOnlySpan<string> required, params ReadOnlySpan<string> optional)
    {
        var fields = new Dictionary<string, JsonCursor>(StringComparer.Ordinal);
        foreach (JsonCursor member in Members(expected))
        {
            if (!required.Contains(member.Name) && !optional.Contains(member.Name))
            {
                throw Fail($"The key `{member.Name}` is unknown here; there may be {string.Join(", ", [.. required, .. optional])}.");
            }

            fields.Add(member.Name, member);
        }

        foreach (string name in required)
        {
            if (!fields.ContainsKey(name))
            {
                throw Fail($"The key `{name}` is missing.");
            }
        }

        return fields;
    }

    /// <summary>An entity uid, <c>{"type":…,"id":…}</c>, with or without <c>__entity</c> around it.</summary>
    public EntityUid Uid()
    {
        const string expected = "an entity uid, an object with `type` and `id`";
        if (Members(expected) is [{ Name: "__entity" } escaped])
        {
            return escaped.BareUid(expected);
        }

        return BareUid(expected);
    }

    public string EntityType()
    {
        string type = Text();
        return Names.IsNormalizedPath(type) ? type : throw Fail($"`{type}` is not an entity type: identifiers joined by `::`, without blanks.");
    }

    private EntityUid BareUid(string expected)
    {
        Dictionary<string, JsonCursor> fields = Fields(expected, ["type", "id"]);
        return new EntityUid(fields["type"].EntityType(), fields["id"].Text());
    }

    private string Path()
    {
        var steps = new List<string>();
        for (JsonCursor at = this; at.parent is not null; at = at.parent)
        {
            steps.Add(at.parent.Kind == JsonValueKind.Array ? $"[{at.index}]"
                : Excerpt.Of(Names.IsWord(at.Name) ? $".{at.Name}" : $"[{ValueText.Quote(at.Name)}]"));
        }

        if (steps.Count > StepsMax)
        {
            steps.RemoveRange(StepsMax / 2, steps.Count - StepsMax);
            steps.Insert(StepsMax / 2, " ... ");
        }

        steps.Reverse();
        return $"${string.Concat(steps)}";
    }

    private static string Unicode<T>(JsonCursor at, T source, Func<T, string> read)
    {
        try
        {
            return read(source);
        }
        catch (InvalidOperationException invalid)
        {
            throw new PolicyJsonException(at.Path(), "A string is not valid Unicode.", invalid);
        }
    }
}
