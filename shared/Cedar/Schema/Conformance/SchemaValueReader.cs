using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>
/// Reads values from JSON knowing the type the schema expects: where an extension value or an entity is expected, the escape may be
/// left out. It does not compare the value with the type otherwise, that is the check's work.
/// </summary>
internal sealed class SchemaValueReader(ConformanceErrors errors)
{
    /// <summary>The record in <paramref name="element"/>; what cannot be read is an error at its path and missing in the record.</summary>
    /// <param name="element">An object.</param>
    /// <param name="root">The path of the record.</param>
    /// <param name="typeOf">The expected type of an attribute, or null when there is none.</param>
    /// <exception cref="ValueJsonException">The element is no object, or has a key twice.</exception>
    public RecordValue ReadRecord(JsonElement element, string root, Func<string, SchemaType?> typeOf)
    {
        errors.Begin(root);
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new ValueJsonException($"`{root}` is an object.");
        }

        var attributes = new List<KeyValuePair<string, Value>>();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            int depth = errors.Depth;
            string name = NameOf(property);
            errors.Enter(name);
            try
            {
                attributes.Add(KeyValuePair.Create(name, Read(property.Value, typeOf(name))));
            }
            catch (ValueJsonException refused)
            {
                errors.Add(refused.Message);
            }

            errors.LeaveTo(depth);
        }

        return Record(attributes);
    }

    private Value Read(JsonElement element, SchemaType? type) => (type, element.ValueKind) switch
    {
        (ExtensionSchemaType extension, JsonValueKind.String) => Call(extension, TextOf(element)),
        (ExtensionSchemaType, JsonValueKind.Object) when Has(element, "fn") && !IsEscape(element) =>
            ValueJson.Parse([.. "{\"__extn\":"u8, .. JsonMarshal.GetRawUtf8Value(element), .. "}"u8]),
        (EntitySchemaType, JsonValueKind.Object) => Uid(element),
        (SetSchemaType set, JsonValueKind.Array) => Set(element, set),
        (RecordSchemaType record, JsonValueKind.Object) when !IsEscape(element) => Record(element, record),
        _ => ValueJson.Read(element),
    };

    /// <summary>A uid, with or without its escape.</summary>
    public static EntityUid Uid(JsonElement element)
    {
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(element));
        reader.Read();
        return ValueJsonReader.Uid(ref reader);
    }

    public static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException invalid)
        {
            throw new ValueJsonException("A key is not valid Unicode.", invalid);
        }
    }

    private static string TextOf(JsonElement element) => ((StringValue)ValueJson.Read(element)).Text;

    private static Value Call(ExtensionSchemaType type, string text)
    {
        string constructor = type.Name is "ipaddr" ? "ip" : type.Name;
        Value value = ExtensionFunction.Find(constructor)!.Call([Value.Of(text)]);
        return value is Failure failure ? throw new ValueJsonException($"Expected {type.Name}: {failure.Error.Message}.") : value;
    }

    private SetValue Set(JsonElement element, SetSchemaType type)
    {
        errors.EnterMember();
        var members = new List<Value>();
        foreach (JsonElement member in element.EnumerateArray())
        {
            members.Add(Read(member, type.Element));
        }

        errors.Leave();
        return new SetValue(members);
    }

    private RecordValue Record(JsonElement element, RecordSchemaType type)
    {
        var attributes = new List<KeyValuePair<string, Value>>();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = NameOf(property);
            errors.Enter(name);
            attributes.Add(KeyValuePair.Create(name, Read(property.Value, type.Attributes.GetValueOrDefault(name)?.Type)));
            errors.Leave();
        }

        return Record(attributes);
    }

    private static RecordValue Record(List<KeyValuePair<string, Value>> attributes)
    {
        try
        {
            return new RecordValue(attributes);
        }
        catch (ArgumentException duplicate)
        {
            throw new ValueJsonException(duplicate.Message, duplicate);
        }
    }

    private static bool IsEscape(JsonElement element) =>
        Has(element, "__entity") || Has(element, "__extn") || Has(element, "__expr");

    // The search unescapes the keys it passes, and cannot unescape half a surrogate pair.
    private static bool Has(JsonElement element, string key)
    {
        try
        {
            return element.TryGetProperty(key, out _);
        }
        catch (InvalidOperationException invalid)
        {
            throw new ValueJsonException("A key is not valid Unicode.", invalid);
        }
    }
}
