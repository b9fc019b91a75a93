namespace AccessGov.Cedar.Tests.Analyzing;

/// <summary>Random policy sets and data over so few names that every request can be asked.</summary>
internal static class SmallHospital
{
    public static readonly EntityUid[] Roles = [new("Role", "chief"), new("Role", "doctor"), new("Role", "nurse"), new("Role", "staff")];
    public static readonly EntityUid[] Actions = [new("Action", "view"), new("Action", "edit"), new("Action", "delete"), new("Action", "read")];
    public static readonly EntityUid[] People = [new("User", "ada"), new("User", "bob"), new("Robot", "r2")];
    public static readonly EntityUid[] Things = [new("Study", "s1"), new("Study", "s2"), new("Report", "p1")];
    public static readonly EntityUid Ward = new("Ward", "w");

    public static readonly RecordValue[] Contexts =
    [
        RecordValue.Empty, RecordValue.Of(("urgent", Value.Of(true))), RecordValue.Of(("urgent", Value.Of(false)), ("level", Value.Of(3))),
        RecordValue.Of(("urgent", Value.Of(7)), ("level", Value.Of("high"))),
    ];

    private static readonly string[] Conditions =
    [
        "true", "1 == 1", "principal is User", "resource is Study", "context.urgent", "context has urgent", "context has level && context.level > 2", "context.level > 2", "resource.open",
        "principal == User::\"ada\"", "resource in Ward::\"w\"", "principal in Role::\"nurse\"", "false", "1 + 1 == 3", "1 + true == 3", "context.urgent && 1 == 2", "context.urgent || 1 == 1",
    ];

    /// <summary>Policies; without conditions they constrain principal and action only, by groups.</summary>
    public static string Policies(Random random, bool conditions)
    {
        string[] principals = conditions
            ? ["principal", "principal in {0}", "principal is User", "principal is Robot in {0}", "principal is User in {0}", "principal == User::\"ada\"", "principal is Ghost"]
            : ["principal", "principal in {0}"];
        string[] actions = ["action", "action == {0}", "action in {0}", "action in [{0}, {1}]", "action in []"];
        string[] resources = conditions ? ["resource", "resource", "resource is Study", "resource in Ward::\"w\"", "resource == Study::\"s1\"", "resource is Report in Ward::\"w\""] : ["resource"];
        return string.Join('\n', Enumerable.Range(0, 1 + random.Next(6)).Select(_ =>
        {
            string principal = string.Format(One(random, principals), One(random, Roles));
            string action = string.Format(One(random, actions), One(random, Actions), One(random, Actions));
            string condition = !conditions || random.Next(2) == 0 ? "" : $" {One(random, ["when", "when", "unless"])} {{ {One(random, Conditions)} }}";
            return $"{(random.Next(3) == 0 ? "forbid" : "permit")}({principal}, {action}, {One(random, resources)}){condition};";
        }));
    }

    /// <summary>Data: who is in which role, which role in which, which actions are there and belong together, what is in the ward.</summary>
    public static EntityStore Entities(Random random) => EntityStore.Create(
    [
        .. People.Select(person => new Entity(person, null, Roles.Where(_ => random.Next(3) == 0))),
        .. Roles.Select((role, i) => new Entity(role, null, Roles.Skip(i + 1).Where(_ => random.Next(3) == 0))),
        .. Actions.Take(3).Where(_ => random.Next(4) > 0).Select(action => new Entity(action, null, random.Next(2) == 0 ? [Actions[3]] : [])),
        .. Things.Select(thing => new Entity(thing, random.Next(2) == 0 ? RecordValue.Of(("open", Value.Of(random.Next(2) == 0))) : null, random.Next(2) == 0 ? [Ward] : [])),
        .. random.Next(2) == 0 ? new[] { new Entity(Ward) } : [],
    ]);

    public static T One<T>(Random random, T[] choices) => choices[random.Next(choices.Length)];
}
