using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>Reads values from JSON tokens without building a document first. Recursion ends at <see cref="ValueJson.DepthMax"/>.</summary>
internal static class ValueJsonReader
{
    private const string EntityEscape = "__entity";
    private const string ExtensionEscape = "__extn";
    private const string ExpressionEscape = "__expr";
    private const int ExpectedAttributes = 8;

    public static Value Read(ref Utf8JsonReader reader, int depth)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True:
                return BoolValue.True;
            case JsonTokenType.False:
                return BoolValue.False;
            case JsonTokenType.String:
                return new StringValue(Text(ref reader));
            case JsonTokenType.Number:
                return reader.TryGetInt64(out long integer)
                    ? Value.Of(integer)
                    : throw new ValueJsonException("Cedar knows no numbers but 64-bit integers, written without point and exponent.");
            case JsonTokenType.StartArray:
                return new SetValue(Items(ref reader, Deeper(depth)));
            case JsonTokenType.StartObject:
                return Object(ref reader, Deeper(depth));
            case JsonTokenType.Null:
                throw new ValueJsonException("Cedar knows no null; leave the attribute out.");
            default:
                throw new ValueJsonException("Expected a value.");
        }
    }

    /// <summary>The text of a string; JSON can spell half a surrogate pair, Cedar strings cannot hold one.</summary>
    public static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException invalid)
        {
            throw new ValueJsonException("A string is not valid Unicode.", invalid);
        }
    }

    /// <summary>The text of a name, of which there are few different ones.</summary>
    public static string Name(ref Utf8JsonReader reader)
    {
        try
        {
            return NamePool.Get(ref reader);
        }
        catch (InvalidOperationException invalid)
        {
            throw new ValueJsonException("A string is not valid Unicode.", invalid);
        }
    }

    // The reader's own comparison unescapes, and cannot unescape half a surrogate pair.
    private static bool IsKey(ref Utf8JsonReader reader, string key) =>
        reader.ValueIsEscaped ? string.Equals(Name(ref reader), key, StringComparison.Ordinal) : reader.ValueTextEquals(key);

    /// <summary>A uid, with or without the <c>__entity</c> around it; the reader stands on the opening brace.</summary>
    public static EntityUid Uid(ref Utf8JsonReader reader, bool isEscaped = false)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ValueJsonException("Expected an entity uid: an object with `type` and `id`.");
        }

        reader.Read();
        if (!isEscaped && reader.TokenType == JsonTokenType.PropertyName && IsKey(ref reader, EntityEscape))
        {
            reader.Read();
            EntityUid uid = Uid(ref reader, isEscaped: true);
            reader.Read();
            return reader.TokenType == JsonTokenType.EndObject ? uid : throw MalformedUid();
        }

        string? type = null;
        string? id = null;
        for (; reader.TokenType == JsonTokenType.PropertyName; reader.Read())
        {
            bool isType = IsKey(ref reader, "type");
            if ((!isType && !IsKey(ref reader, "id")) || (isType ? type : id) is not null)
            {
                throw MalformedUid();
            }

            reader.Read();
            string text = reader.TokenType != JsonTokenType.String ? throw MalformedUid() : isType ? Name(ref reader) : Text(ref reader);
            (type, id) = isType ? (text, id) : (type, text);
        }

        return type is null || id is null ? throw MalformedUid()
            : EntityUid.IsTypeName(type) ? new EntityUid(type, id)
            : throw new ValueJsonException($"`{type}` is not an entity type such as User or Hospital::User.");
    }

    private static Value Object(ref Utf8JsonReader reader, int depth)
    {
        List<string>? names = null;
        List<Value>? values = null;
        Value? escaped = null;
        string? onlyInEscape = null;
        while (true)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return escaped ?? (names is null ? RecordValue.Empty : Record(names, values!));
            }

            string name = Name(ref reader);
            if (escaped is not null || (names is not null && onlyInEscape is not null))
            {
                throw new ValueJsonException($"`{onlyInEscape}` stands alone in its object.");
            }

            reader.Read();
            if (name is EntityEscape or ExtensionEscape && names is null)
            {
                onlyInEscape = name;
                escaped = name is EntityEscape ? Uid(ref reader, isEscaped: true) : Extension(ref reader, depth);
                continue;
            }

            if (name is EntityEscape or ExtensionEscape or ExpressionEscape)
            {
                throw new ValueJsonException(name is ExpressionEscape
                    ? "The escape `__expr` is not supported."
                    : $"`{name}` stands alone in its object.");
            }

            (names ??= new List<string>(ExpectedAttributes)).Add(name);
            (values ??= new List<Value>(ExpectedAttributes)).Add(Read(ref reader, depth));
        }
    }

    private static RecordValue Record(List<string> names, List<Value> values)
    {
        try
        {
            return new RecordValue([.. names], [.. values]);
        }
        catch (ArgumentException duplicate)
        {
            throw new ValueJsonException(duplicate.Message, duplicate);
        }
    }

    private static Value[] Items(ref Utf8JsonReader reader, int depth)
    {
        List<Value>? items = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            (items ??= []).Add(Read(ref reader, depth));
        }

        return items is null ? [] : [.. items];
    }

    private static Value Extension(ref Utf8JsonReader reader, int depth)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw MalformedExtension();
        }

        string? name = null;
        Value[]? arguments = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = Name(ref reader);
            reader.Read();
            switch (key)
            {
                case "fn" when name is null && reader.TokenType == JsonTokenType.String:
                    name = Text(ref reader);
                    break;
                case "arg" when arguments is null:
                    arguments = [Read(ref reader, Deeper(depth))];
                    break;
                case "args" when arguments is null && reader.TokenType == JsonTokenType.StartArray:
                    arguments = Items(ref reader, Deeper(depth));
                    break;
                default:
                    throw MalformedExtension();
            }
        }

        if (name is null || arguments is null)
        {
            throw MalformedExtension();
        }

        if (ExtensionFunction.Find(name) is not { } function)
        {
            throw new ValueJsonException($"`{name}` is not an extension function.");
        }

        Value value = function.Call(arguments);
        return value is Failure failure ? throw new ValueJsonException($"{failure.Error.Message}.") : value;
    }

    private static int Deeper(int depth) =>
        depth < ValueJson.DepthMax ? depth + 1 : throw new ValueJsonException($"The JSON nests deeper than {ValueJson.DepthMax}.");

    private static ValueJsonException MalformedUid() =>
        new("An entity uid is an object with exactly `type` and `id`, both strings.");

    private static ValueJsonException MalformedExtension() =>
        new("`__extn` holds an object with exactly `fn`, a string, and either `arg` or `args`.");
}
