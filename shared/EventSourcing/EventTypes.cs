using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AccessGov.EventSourcing;

/// <summary>
/// The events that a store knows: stored name, .NET type and JSON form. Immutable and thread-safe. JSON is System.Text.Json with .NET
/// member names, enums as strings and DateTimeOffset with its offset; a member without a default must be present when an event is read.
/// </summary>
public sealed class EventTypes
{
    private readonly FrozenDictionary<string, EventType> byName;
    private readonly FrozenDictionary<Type, EventType> byType;

    private EventTypes(IReadOnlyCollection<EventType> types)
    {
        string? twice = types.GroupBy(type => type.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new ArgumentException($"Two events have the stored name {twice}.", nameof(types));
        }

        byName = types.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);
        byType = types.ToFrozenDictionary(type => type.Info.Type);
    }

    /// <summary>How events are written and read.</summary>
    public static JsonSerializerOptions SerializerOptions { get; } = CreateSerializerOptions();

    /// <summary>The stored names, in no order.</summary>
    public IReadOnlyCollection<string> Names => byName.Keys;

    /// <summary>Every type of the assemblies that carries <see cref="EventNameAttribute"/>.</summary>
    /// <exception cref="ArgumentException">Two events share a name, or a name is empty or too long.</exception>
    public static EventTypes From(params Assembly[] assemblies) =>
        Of([.. assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type.GetCustomAttribute<EventNameAttribute>(inherit: false) is not null)]);

    /// <summary>These types, each carrying <see cref="EventNameAttribute"/>.</summary>
    /// <exception cref="ArgumentException">A type carries no name, two share one, or a name is empty or too long.</exception>
    public static EventTypes Of(params Type[] types) => new([.. types.Distinct().Select(Describe)]);

    internal EventType Of(object @event) =>
        byType.TryGetValue(@event.GetType(), out EventType? type)
            ? type
            : throw new ArgumentException($"{@event.GetType()} is not a registered event: it needs [EventName] and a place in the store's EventTypes.", nameof(@event));

    internal bool TryFind(string name, [NotNullWhen(true)] out EventType? type) => byName.TryGetValue(name, out type);

    private static EventType Describe(Type type)
    {
        string? name = type.GetCustomAttribute<EventNameAttribute>(inherit: false)?.Name;
        if (string.IsNullOrWhiteSpace(name) || name.Length > 500)
        {
            throw new ArgumentException($"{type} needs [EventName] with 1 to 500 characters.", nameof(type));
        }

        return new EventType(name, $"{type.FullName}, {type.Assembly.GetName().Name}", SerializerOptions.GetTypeInfo(type));
    }

    private static JsonSerializerOptions CreateSerializerOptions()
    {
        var options = new JsonSerializerOptions
        {
            Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            // jsonb does not keep the order of members, so a type discriminator may come late.
            AllowOutOfOrderMetadataProperties = true,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };
        options.MakeReadOnly();
        return options;
    }
}

internal sealed record EventType(string Name, string DotnetType, JsonTypeInfo Info)
{
    public byte[] Write(object @event) => JsonSerializer.SerializeToUtf8Bytes(@event, Info);

    public object? Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, Info);
}
