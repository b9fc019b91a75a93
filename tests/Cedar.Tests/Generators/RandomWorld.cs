namespace AccessGov.Cedar.Tests.Generators;

/// <summary>Random entities and requests over the <see cref="Vocabulary"/>: what generated policies are evaluated on.</summary>
internal sealed class RandomWorld(Random random)
{
    private static readonly long[] SmallIntegers = [.. Vocabulary.Integers.Where(integer => integer is > -(1L << 53) and < 1L << 53)];

    /// <summary>Leaves out integers that JavaScript rounds, for worlds that go through it.</summary>
    public bool IsExactInJavaScript { get; init; }

    /// <summary>Some of the entities of the vocabulary, each with some attributes and tags and parents further on in the list.</summary>
    public EntityStore Entities()
    {
        var entities = new List<Entity>();
        EntityUid[] all = [.. Vocabulary.Entities, .. Vocabulary.Actions];
        for (int i = 0; i < all.Length; i++)
        {
            if (random.Next(4) > 0)
            {
                EntityUid[] parents = [.. all.Skip(i + 1).Where(_ => random.Next(6) == 0)];
                entities.Add(new Entity(all[i], Record(2), parents, Record(1)));
            }
        }

        return EntityStore.Create(entities);
    }

    public Request Request() => new(One(Vocabulary.Entities), One(Vocabulary.Actions), One(Vocabulary.Entities), Record(3));

    public RecordValue Record(int depth) => RecordValue.Of(
        [.. Vocabulary.Attributes.Where(_ => random.Next(3) > 0).Select(attribute => (attribute.Name, Of(attribute.Kind, depth - 1)))]);

    private Value Of(Kind kind, int depth) => kind switch
    {
        Kind.Boolean => Value.Of(random.Next(2) == 0),
        Kind.Integer => Value.Of(One(IsExactInJavaScript ? SmallIntegers : Vocabulary.Integers)),
        Kind.Text => Value.Of(One(Vocabulary.Texts)),
        Kind.Entity => One(Vocabulary.Entities),
        Kind.Set => Set(depth),
        Kind.Record => depth <= 0 ? RecordValue.Empty : Record(depth),
        _ => Extension(kind),
    };

    private SetValue Set(int depth)
    {
        Kind kind = One([Kind.Integer, Kind.Text, Kind.Entity, Kind.Record]);
        return new SetValue([.. Enumerable.Range(0, random.Next(4)).Select(_ => Of(kind, depth - 1))]);
    }

    private Value Extension(Kind kind)
    {
        IReadOnlyList<string> arguments = Vocabulary.Arguments(kind);
        string argument = arguments[random.Next(arguments.Count - 1)];
        string name = kind switch { Kind.Address => "ip", Kind.Decimal => "decimal", Kind.Datetime => "datetime", _ => "duration" };
        return ExtensionFunction.Find(name)!.Call([Value.Of(argument)]);
    }

    private T One<T>(T[] choices) => choices[random.Next(choices.Length)];
}
