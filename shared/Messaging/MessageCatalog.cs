using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccessGov.Messaging;

/// <summary>The names that messages travel by, and their JSON. A field that a record requires and the JSON lacks makes it undecodable.</summary>
internal sealed class MessageCatalog(MessagingOptions options)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    private readonly FrozenDictionary<string, Type> types = options.Messages.ToFrozenDictionary(StringComparer.Ordinal);
    private readonly FrozenDictionary<Type, string> names = options.Messages.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    public string? FindName(Type type) => names.GetValueOrDefault(type);

    public string NameOf(object message) => FindName(message.GetType())
        ?? throw new ArgumentException($"{message.GetType()} is not registered as a message of this service.", nameof(message));

    public string Encode(object message) => JsonSerializer.Serialize(message, message.GetType(), Json);

    /// <exception cref="JsonException">The data is not the message that its name says.</exception>
    public object Decode(string name, string data) => JsonSerializer.Deserialize(data, types[name], Json)
        ?? throw new JsonException("The message is null.");
}
