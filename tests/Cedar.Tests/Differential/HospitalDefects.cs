namespace AccessGov.Cedar.Tests.Differential;

/// <summary>
/// Entities and requests of a hospital in which one thing was changed, which makes most of them break the schema. What is changed does not
/// say whether the result is wrong: a number may take the place of a number, a parent may be a right one.
/// </summary>
internal sealed class HospitalDefects(Random random, HospitalWorld world)
{
    private static readonly EntityUid[] Strangers =
    [
        new("Hospital::Role", "chief"), new("Hospital::Floor", "ground"), new("Hospital::Ghost", "g"), new("Role", "doctor"),
        new("Hospital::Action", "unheard of"), new("Hospital::Action", "read"), new("Action", "view"),
    ];

    public Entity Entity()
    {
        Entity entity = One(world.Entities);
        return random.Next(9) switch
        {
            0 => new Entity(One(Strangers), entity.Attributes, entity.Parents, entity.Tags),
            1 => new Entity(new EntityUid("Hospital::Role", One(["doctor", "auditor", "Doctor", "chief"]))),
            2 => new Entity(entity.Uid, entity.Attributes, [.. entity.Parents, .. new[] { Stranger() }.Where(parent => parent != entity.Uid)], entity.Tags),
            3 => new Entity(entity.Uid, entity.Attributes, entity.Parents, RecordValue.Of(("k", Anything()))),
            4 => new Entity(entity.Uid, entity.Attributes, [.. entity.Parents.Skip(1)], entity.Tags),
            5 or 6 or 7 => new Entity(entity.Uid, Changed(entity.Attributes), entity.Parents, entity.Tags),
            _ => entity,
        };
    }

    public Request Request()
    {
        Request request = world.Request();
        return random.Next(7) switch
        {
            0 => request with { Principal = Stranger() },
            1 => request with { Resource = Stranger() },
            2 => request with { Action = One([.. world.Schema.Actions.Keys]) },
            3 or 4 => request with { Context = Changed(request.Context) },
            _ => request,
        };
    }

    private EntityUid Stranger() => random.Next(2) == 0 ? One(Strangers) : world.Uid(One([.. world.Schema.EntityTypes.Keys]));

    private RecordValue Changed(RecordValue record)
    {
        List<(string Name, Value Value)> members = [.. Enumerable.Range(0, record.Count).Select(i => (record.Names[i], record.Values[i]))];
        int place = random.Next(Math.Max(1, members.Count));
        if (members.Count == 0 || random.Next(6) == 0)
        {
            members.Add(("stranger", Anything()));
        }
        else if (random.Next(5) == 0)
        {
            members.RemoveAt(place);
        }
        else
        {
            members[place] = (members[place].Name, Changed(members[place].Value));
        }

        return RecordValue.Of([.. members]);
    }

    private Value Changed(Value value) => value switch
    {
        RecordValue record when random.Next(4) > 0 => Changed(record),
        SetValue set when random.Next(3) > 0 => new SetValue([.. set.Members, Anything()]),
        _ => Anything(),
    };

    private Value Anything() => random.Next(9) switch
    {
        0 => Value.Of(world.Integer()),
        1 => Value.Of(world.Text()),
        2 => Value.Of(true),
        3 => Stranger(),
        4 => new SetValue([]),
        5 => new SetValue([Value.Of(1), Value.Of("1")]),
        6 => RecordValue.Empty,
        7 => new SetValue([world.Uid("Hospital::User")]),
        _ => ExtensionFunction.Find(One(["ip", "decimal", "datetime", "duration"])) is { } constructor
            ? constructor.Call([Value.Of(world.Argument(constructor.Name is "ip" ? "ipaddr" : constructor.Name))])
            : Value.Of(false),
    };

    private T One<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}
