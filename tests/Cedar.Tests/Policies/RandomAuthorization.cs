namespace AccessGov.Cedar.Tests.Policies;

/// <summary>A policy set, entities and requests made from a seed: few names, so that scopes, hierarchy and requests meet often.</summary>
internal sealed class RandomAuthorization
{
    private static readonly string[] Types = ["User", "Group", "Photo", "Album"];
    private static readonly string[] Conditions = ["", "", " when { true }", " unless { true }", " when { context.n < 3 }", " when { 1 }", " when { resource.owner == principal }"];

    private readonly Random random;
    private readonly int namesPerType;

    public RandomAuthorization(int seed)
    {
        random = new Random(seed);

        // Some hierarchies are deep and dense, so that entities have more ancestors than policies name groups.
        namesPerType = random.Next(2, 15);
        Policies = string.Concat(Enumerable.Range(0, random.Next(0, 60)).Select(_ => Policy()));
        Store = EntityStore.Create(
            Enumerable.Range(0, Types.Length * namesPerType).Where(_ => random.Next(8) > 0).Select(Entity)
                .Concat(Enumerable.Range(0, 4).Where(_ => random.Next(4) > 0).Select(Action)));
    }

    public string Policies { get; }

    public EntityStore Store { get; }

    public Request Request() => new(Uid(), ActionUid(random.Next(5)), Uid(), RecordValue.Of(("n", Value.Of(random.Next(6)))));

    /// <summary>The store with some entities replaced, as a request of the service has them.</summary>
    public IEntities Overlaid()
    {
        int first = random.Next(Types.Length * namesPerType);
        int second = random.Next(Types.Length * namesPerType);
        try
        {
            return new EntityOverlay(Store, Entity(first), Entity(second));
        }
        catch (EntityDataException)
        {
            // What is laid over may close a cycle with what lies below.
            return Store;
        }
    }

    public EntityUid Uid() => UidOf(random.Next(Types.Length * namesPerType));

    private static EntityUid ActionUid(int place) => new("Action", $"a{place}");

    private EntityUid UidOf(int place) => new(Types[place % Types.Length], $"e{place / Types.Length}");

    private Entity Entity(int place)
    {
        IEnumerable<EntityUid> parents = Enumerable.Range(0, place).Where(_ => random.Next(4) == 0).Select(UidOf);
        return new Entity(UidOf(place), random.Next(2) == 0 ? null : RecordValue.Of(("owner", Uid())), [.. parents]);
    }

    private Entity Action(int place) => new(ActionUid(place), null, [.. Enumerable.Range(0, place).Where(_ => random.Next(2) == 0).Select(ActionUid)]);

    private string Policy()
    {
        string action = random.Next(5) switch
        {
            0 => "action",
            1 => $"action == {ActionUid(random.Next(4))}",
            2 => $"action in {ActionUid(random.Next(4))}",
            _ => $"action in [{string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => ActionUid(random.Next(4)).ToString()))}]",
        };
        return $"{(random.Next(3) == 0 ? "forbid" : "permit")}({Scope("principal")}, {action}, {Scope("resource")}){Conditions[random.Next(Conditions.Length)]};\n";
    }

    private string Scope(string variable) => random.Next(6) switch
    {
        0 => $"{variable} == {Uid()}",
        1 or 2 => $"{variable} in {Uid()}",
        3 => $"{variable} is {Types[random.Next(Types.Length)]}",
        4 => $"{variable} is {Types[random.Next(Types.Length)]} in {Uid()}",
        _ => variable,
    };
}
