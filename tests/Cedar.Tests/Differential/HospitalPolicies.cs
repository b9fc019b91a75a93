namespace AccessGov.Cedar.Tests.Differential;

/// <summary>
/// Policies and templates of a hospital, as text. Most fit the schema: what may be absent is guarded, operands have the right types. Now
/// and then a guard is forgotten, an operand has another type, or the scope asks for what no action allows.
/// </summary>
internal sealed class HospitalPolicies(Random random, HospitalWorld world)
{
    private readonly SchemaAction[] actions = [.. world.Schema.Actions.Values];
    private readonly string[] types = [.. world.Schema.EntityTypes.Keys];

    private HospitalExpressions expressions = null!;

    /// <summary>How many policies of a hundred have mistakes in them on purpose.</summary>
    public int MistakesPercent { get; init; } = 30;

    public string Policy(bool isTemplate)
    {
        SchemaAction action = One([.. actions.Where(action => action.PrincipalTypes.Count > 0)]);
        string principal = One(action.PrincipalTypes);
        string resource = One(action.ResourceTypes);
        expressions = new HospitalExpressions(random, world, random.Next(100) < MistakesPercent)
        {
            Principal = world.Schema.EntityTypes[principal], Resource = world.Schema.EntityTypes[resource], Context = action.Context,
        };
        string scope = $"{Entity("principal", principal, isTemplate)}, {Action(action)}, {Entity("resource", resource, isTemplate)}";
        string guard = random.Next(8) == 0 ? "" : $" when {{ principal is {principal} && resource is {resource} }}";
        string conditions = string.Concat(Enumerable.Range(0, random.Next(3)).Select(_ => Condition(principal, resource)));
        return $"@note(\"{random.Next(9)}\") {(random.Next(4) == 0 ? "forbid" : "permit")}({scope}){guard}{conditions};\n";
    }

    // A guard in one clause does not serve the typechecker in the next, but a clause that is false for a type does.
    private string Condition(string principal, string resource) =>
        random.Next(4) == 0
            ? $" unless {{ {expressions.Guarded(2)} }}"
            : $" when {{ principal is {principal} && resource is {resource} && {expressions.Guarded(1 + random.Next(3))} }}";

    private string Entity(string variable, string type, bool mayHaveSlot)
    {
        string slot = mayHaveSlot && random.Next(4) > 0 ? $"?{variable}" : "";
        string[] above = [.. world.Schema.EntityTypes[type].Ancestors, type];
        string group = slot.Length > 0 ? slot : world.Uid(random.Next(20) == 0 ? One(types) : One(above)).ToString();
        string self = slot.Length > 0 ? slot : random.Next(20) == 0 ? $"{type}::\"nobody\"" : world.Uid(type).ToString();
        return random.Next(slot.Length > 0 ? 3 : 6) switch
        {
            0 => $"{variable} == {self}",
            1 => $"{variable} in {group}",
            2 => $"{variable} is {(random.Next(20) == 0 ? One(types) : type)} in {group}",
            3 => $"{variable} is {type}",
            _ => variable,
        };
    }

    private string Action(SchemaAction action) => random.Next(8) switch
    {
        0 => "action",
        1 or 2 => $"action == {action.Uid}",
        3 => $"action in {One([.. action.Ancestors, action.Uid])}",
        4 => $"action in [{action.Uid}, {One(actions).Uid}]",
        5 when random.Next(6) == 0 => "action == Hospital::Action::\"unheard of\"",
        6 when random.Next(6) == 0 => "action in []",
        _ => $"action in [{string.Join(", ", action.Ancestors.Append(action.Uid))}]",
    };

    private T One<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}
