namespace AccessGov.Cedar;

/// <summary>What a change does to its place.</summary>
public enum ChangeKind
{
    /// <summary>Gives an attribute, a context member or a tag a value, which it may have had none of.</summary>
    Set,

    /// <summary>Takes an attribute, a context member or a tag away.</summary>
    Remove,

    /// <summary>Puts an entity into a group.</summary>
    AddToGroup,

    /// <summary>Takes an entity out of a group, and out of every direct group that lies in it.</summary>
    RemoveFromGroup,
}

/// <summary>One change to the request or to the data. Immutable.</summary>
public sealed class Change
{
    private readonly Value? from;
    private readonly Value? to;
    private string? key;

    internal Change(ChangeKind kind, ValuePlace place, Value? from, Value? to)
    {
        Kind = kind;
        Place = place;
        this.from = from is Failure ? null : from;
        this.to = to;
    }

    /// <summary>What is done.</summary>
    public ChangeKind Kind { get; }

    /// <summary>To what. Its root says who could do it: the context is the caller's, everything else is data.</summary>
    public ValuePlace Place { get; }

    /// <summary>The value before; null when there was none, for a removal and a change of groups, and when it may not be shown.</summary>
    public Value? From => IsFromHidden ? null : from;

    /// <summary>The value after, or the group; null for a removal and when it may not be shown.</summary>
    public Value? To => IsToHidden ? null : to;

    /// <summary>Whether there was a value that may not be shown.</summary>
    public bool IsFromHidden { get; internal init; }

    /// <summary>Whether the value after, or the group, would tell something that may not be shown.</summary>
    public bool IsToHidden { get; internal init; }

    /// <summary>Whether the value after is one of many that would do, chosen for want of a better one: any member for a <c>has</c>, any other text for a <c>!=</c>.</summary>
    public bool IsExample { get; internal init; }

    /// <summary>Whether the value after may be any that can be there: only that there is one counts.</summary>
    internal bool IsAnyValue { get; init; }

    /// <summary>The value after or the group, hidden or not: for evaluating.</summary>
    internal Value? Target => to;

    internal string Key => key ??= $"{Kind} {Place.Entity} {Place} {to}";

    /// <summary>The same for another place and value: of the record around, or of the declared type.</summary>
    internal Change Instead(ValuePlace place, Value value) => new(Kind, place, place.Equals(Place) ? from : null, value)
    {
        IsFromHidden = IsFromHidden, IsToHidden = IsToHidden, IsExample = IsExample || !place.Equals(Place), IsAnyValue = IsAnyValue,
    };

    /// <summary>The change in words.</summary>
    public override string ToString()
    {
        string target = IsToHidden ? ExplanationNode.HiddenMarker : to is null ? "" : ReadableValue.Write(to);
        string before = IsFromHidden ? $" (was {ExplanationNode.HiddenMarker})" : from is null ? " (was missing)" : $" (was {ReadableValue.Write(from)})";
        return Kind switch
        {
            ChangeKind.Set => $"{Place} = {target}{(IsExample ? ", for example" : "")}{before}",
            ChangeKind.Remove => $"{Place} removed",
            ChangeKind.AddToGroup => $"{Subject} in {target}",
            _ => $"{Subject} not in {target}",
        };
    }

    private string Subject => Place.Root is PlaceRoot.Entity ? Place.Entity!.ToString() : $"{Place.Root.ToString().ToLowerInvariant()} {Place.Entity}";
}

/// <summary>Changes that belong together: at most one for each place and, for groups, each group.</summary>
internal sealed class ChangeSet
{
    private readonly Change[] changes;

    private ChangeSet(Change[] changes)
    {
        this.changes = changes;
        Key = string.Join('\n', changes.Select(change => change.Key).Order(StringComparer.Ordinal));
    }

    public static ChangeSet Empty { get; } = new([]);

    public IReadOnlyList<Change> Changes => changes;

    public int Count => changes.Length;

    public string Key { get; }

    public static ChangeSet Of(params IEnumerable<Change> changes) => new([.. changes]);

    /// <summary>
    /// The same changes with the values before all of them: a change that was proposed in a world changed by others, where it met what
    /// they had set, tells what was there at first and hides what may not be shown there.
    /// </summary>
    public ChangeSet SeenFrom(Request request, IEntities entities, Redaction redaction) => Of(changes.Select(change =>
    {
        if (change.Kind != ChangeKind.Set)
        {
            return change;
        }

        Value? first = ChangedWorld.ValueAt(change.Place, in request, entities);
        return new Change(change.Kind, change.Place, first, change.Target)
        {
            IsFromHidden = (first is not null || change.IsFromHidden) && redaction.Hides(change.Place, first ?? BoolValue.True),
            IsToHidden = change.IsToHidden,
            IsExample = change.IsExample,
        };
    }));

    public ChangeSet Without(Change change) => new([.. changes.Where(other => !ReferenceEquals(other, change))]);

    public bool Holds(ChangeSet other) => Array.TrueForAll(other.changes, change => Array.Exists(changes, own => own.Key == change.Key));

    /// <summary>
    /// Both together. Where both set one place, an example gives way; of two that insist there are two results, one with each. A
    /// member set inside a record that the other sets as an example takes its place.
    /// </summary>
    public IEnumerable<ChangeSet> With(ChangeSet other)
    {
        ChangeSet mine = Prefer(this, other);
        yield return mine;
        ChangeSet theirs = Prefer(other, this);
        if (theirs.Key != mine.Key)
        {
            yield return theirs;
        }
    }

    /// <summary>Both together; where both set one place, the other's value counts.</summary>
    public ChangeSet Under(ChangeSet other) => new([.. changes.Where(change => !Array.Exists(other.changes, later => later.Place.Equals(change.Place) && change.Kind <= ChangeKind.Remove)), .. other.changes]);

    private static ChangeSet Prefer(ChangeSet first, ChangeSet second)
    {
        IEnumerable<Change> kept = first.changes.Where(change => !Array.Exists(second.changes, other => GivesWay(change, other)));
        List<Change> all = [.. kept];
        all.AddRange(second.changes.Where(change => !all.Exists(other => Clash(other, change)) && !all.Exists(other => GivesWay(change, other))));
        return new ChangeSet([.. all]);
    }

    private static bool GivesWay(Change change, Change other) =>
        change.IsExample && ((change.Place.Equals(other.Place) && !other.IsExample) || change.Place.IsAround(other.Place));

    private static bool Clash(Change one, Change other) =>
        one.Place.Equals(other.Place) && (one.Place.Kind != PlaceKind.Membership || Equals(one.Target, other.Target));
}
