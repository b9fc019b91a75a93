using System.Text;
using System.Text.Json;
using AccessGov.Cedar;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.ShippedPolicies;

/// <summary>The policy set of deploy/policies with its cases and the world that they share.</summary>
internal sealed class ShippedPolicySet
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = false };

    private readonly Dictionary<EntityUid, Entity> world;
    private readonly Dictionary<string, JsonElement> context;

    private ShippedPolicySet(string folder)
    {
        Folder = folder;
        Policies = PolicySet.Parse(
            Directory.GetFiles(folder, "*.cedar").Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.ReadAllText(file))),
            policy => policy.Annotations.GetValueOrDefault("id", ""));
        Compiled = Policies.Compile();
        Actions = EntitiesJson.Read(File.ReadAllBytes(Path.Combine(folder, "actions.json")));
        JsonElement file = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(folder, "tests", "world.json")));
        context = file.GetProperty("context").EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        world = Actions.Concat(Read(file.GetProperty("entities"))).ToDictionary(entity => entity.Uid);
        Cases = [.. Directory.GetFiles(Path.Combine(folder, "tests"), "*.json").Where(path => Path.GetFileName(path) != "world.json")
            .Order(StringComparer.Ordinal).SelectMany(path => JsonSerializer.Deserialize<PolicyCase[]>(File.ReadAllText(path), Json)!)];
    }

    public static ShippedPolicySet Current { get; } = new(WorkingCopy.PathOf("deploy", "policies"));

    public string Folder { get; }

    public PolicySet Policies { get; }

    public CompiledPolicySet Compiled { get; }

    public IReadOnlyList<Entity> Actions { get; }

    public IReadOnlyList<PolicyCase> Cases { get; }

    public IReadOnlyCollection<Entity> World => world.Values;

    public Request RequestOf(PolicyCase @case) =>
        new(@case.Principal.Uid, new EntityUid("Action", @case.Action), @case.Resource.Uid, ContextOf(@case));

    public EntityStore EntitiesOf(PolicyCase @case) => EntityStore.Create(EntitiesByUid(@case).Values);

    public Dictionary<EntityUid, Entity> EntitiesByUid(PolicyCase @case)
    {
        var entities = new Dictionary<EntityUid, Entity>(world);
        foreach (Entity entity in @case.Entities is { } own ? Read(own) : [])
        {
            entities[entity.Uid] = entity;
        }

        return entities;
    }

    public Response Ask(PolicyCase @case) => Compiled.Evaluate(RequestOf(@case), EntitiesOf(@case));

    private static IReadOnlyList<Entity> Read(JsonElement entities) => EntitiesJson.Read(Encoding.UTF8.GetBytes(entities.GetRawText()));

    private RecordValue ContextOf(PolicyCase @case)
    {
        var members = new Dictionary<string, JsonElement>(context, StringComparer.Ordinal);
        foreach ((string name, JsonElement value) in @case.Context ?? [])
        {
            members[name] = value;
        }

        return new RecordValue(members.Where(member => member.Value.ValueKind != JsonValueKind.Null)
            .Select(member => KeyValuePair.Create(member.Key, ValueJson.Read(member.Value))));
    }
}
