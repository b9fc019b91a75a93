using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>What the test cases of a policy set say about it.</summary>
/// <param name="Count">How many cases there are.</param>
/// <param name="Faults">Those that were decided otherwise than they say, and files that hold no cases.</param>
internal sealed record CaseOutcome(int Count, ImmutableArray<PolicyFault> Faults);

/// <summary>
/// The test cases that come with a policy set: files <c>tests/*.json</c>, each an array of questions with their decisions, in the world of
/// <c>tests/world.json</c> (<c>context</c> and <c>entities</c>). They are decided in strict mode, as questions are. Pure.
/// </summary>
internal static class PolicyCases
{
    public const string Failed = "policy_case_failed";
    public const string Malformed = "policy_case_malformed";
    private const string WorldFile = "tests/world.json";
    private const int CasesMax = 2_000;
    private const int EntitiesMax = 2_000;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record Case(
        string Name, Reference Principal, string Action, Reference Resource, string Decision, Dictionary<string, JsonElement>? Context = null,
        JsonElement? Entities = null, IReadOnlyList<string>? Determining = null);

    internal sealed record Reference(string Type, string Id);

    public static CaseOutcome Run(IReadOnlyList<PolicyFile> files, ParsedPolicies parsed)
    {
        PolicyFile[] found = [.. files.Where(PolicyFiles.IsCases).OrderBy(file => file.Name, StringComparer.Ordinal)];
        var faults = ImmutableArray.CreateBuilder<PolicyFault>();
        var known = EntityStore.Create([.. parsed.Actions.Entities, .. parsed.Foreign.Entities]);
        PolicyCaseWorld world = PolicyCaseWorld.Empty(known);
        if (found.FirstOrDefault(file => file.Name == WorldFile) is { } worldFile && !Try(worldFile, () => world = PolicyCaseWorld.Read(worldFile.Text, known, EntitiesMax), faults))
        {
            return new CaseOutcome(0, faults.ToImmutable());
        }

        CompiledPolicySet policies = parsed.Policies.Compile();
        int count = 0;
        foreach (PolicyFile file in found.Where(file => file.Name != WorldFile))
        {
            Try(file, () => RunFile(file), faults);
        }

        return new CaseOutcome(count, faults.ToImmutable());

        void RunFile(PolicyFile file)
        {
            foreach (Case? read in JsonSerializer.Deserialize<Case?[]>(file.Text, StrictJson.Options) ?? [])
            {
                Case one = read ?? throw new FormatException("A case is an object, not null.");
                if (++count > CasesMax)
                {
                    throw new FormatException($"A policy set has at most {CasesMax} cases.");
                }

                if (Wrong(one, policies, world) is { } sentence)
                {
                    faults.Add(new PolicyFault(Failed, file.Name, 0, 0, $"{one.Name}: {sentence}"));
                }
            }
        }
    }

    /// <summary>How the case was decided otherwise than it says; null when it was decided so.</summary>
    private static string? Wrong(Case one, CompiledPolicySet policies, PolicyCaseWorld world)
    {
        if (one.Decision is not ("allow" or "deny"))
        {
            throw new FormatException($"The case {one.Name} says {one.Decision}: decision is allow or deny.");
        }

        var request = new Request(
            new EntityUid(one.Principal.Type, one.Principal.Id), new EntityUid("Action", one.Action), new EntityUid(one.Resource.Type, one.Resource.Id),
            world.ContextOf(one.Context));
        Verdict verdict = StrictMode.Judge(policies, request, world.EntitiesOf(one.Entities, EntitiesMax));
        string decision = verdict.Permitted ? "allow" : "deny";
        bool same = decision == one.Decision && (one.Determining is null || one.Determining.Order(StringComparer.Ordinal).SequenceEqual(verdict.Policies.Order(StringComparer.Ordinal)));
        return same ? null
            : $"decided {decision} ({verdict.Reason}) by {List(verdict.Policies)}, not {one.Decision}{(one.Determining is { } expected ? $" by {List(expected)}" : "")}.";
    }

    private static string List(IReadOnlyList<string> ids) => ids.Count == 0 ? "no policy" : string.Join(", ", ids.Order(StringComparer.Ordinal));

    private static bool Try(PolicyFile file, Action read, ImmutableArray<PolicyFault>.Builder faults)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception broken) when (broken is JsonException or FormatException or EntityDataException or ValueJsonException)
        {
            int line = broken is JsonException { LineNumber: { } at } ? (int)at + 1 : 0;
            faults.Add(new PolicyFault(Malformed, file.Name, line, 0, broken.Message));
            return false;
        }
    }
}

/// <summary>What cases have in common: members of the context and entities, from which each may differ.</summary>
internal sealed class PolicyCaseWorld
{
    private readonly Dictionary<string, JsonElement> context;
    private readonly Dictionary<EntityUid, Entity> entities;
    private readonly EntityStore store;

    private PolicyCaseWorld(Dictionary<string, JsonElement> context, Dictionary<EntityUid, Entity> entities)
    {
        this.context = context;
        this.entities = entities;
        store = EntityStore.Create(entities.Values);
    }

    private sealed record Text(Dictionary<string, JsonElement>? Context = null, JsonElement? Entities = null);

    public static PolicyCaseWorld Empty(EntityStore set) => new([], set.Entities.ToDictionary(entity => entity.Uid));

    /// <exception cref="FormatException">It is no world, or too large a one; likewise the exceptions of the readers of JSON.</exception>
    public static PolicyCaseWorld Read(string json, EntityStore set, int entitiesMax)
    {
        Text text = JsonSerializer.Deserialize<Text>(json, StrictJson.Options) ?? throw new FormatException("A world is an object with context and entities.");
        var known = set.Entities.ToDictionary(entity => entity.Uid);
        Add(known, text.Entities, entitiesMax);
        return new PolicyCaseWorld(text.Context ?? [], known);
    }

    public EntityStore EntitiesOf(JsonElement? own, int entitiesMax)
    {
        if (own is null)
        {
            return store;
        }

        var all = new Dictionary<EntityUid, Entity>(entities);
        Add(all, own, entitiesMax);
        return EntityStore.Create(all.Values);
    }

    public RecordValue ContextOf(Dictionary<string, JsonElement>? own)
    {
        var members = new Dictionary<string, JsonElement>(context, StringComparer.Ordinal);
        foreach ((string name, JsonElement value) in own ?? [])
        {
            members[name] = value;
        }

        return new RecordValue(members.Where(member => member.Value.ValueKind != JsonValueKind.Null)
            .Select(member => KeyValuePair.Create(member.Key, ValueJson.Read(member.Value))));
    }

    private static void Add(Dictionary<EntityUid, Entity> known, JsonElement? added, int entitiesMax)
    {
        foreach (Entity entity in added is { } json ? EntitiesJson.Read(Encoding.UTF8.GetBytes(json.GetRawText())) : [])
        {
            known[entity.Uid] = entity;
        }

        if (known.Count > entitiesMax)
        {
            throw new FormatException($"The world of a case has at most {entitiesMax} entities, those of the set among them.");
        }
    }
}
