namespace AccessGov.Cedar;

/// <summary>
/// What the reader of an explanation may see. A place is hidden when it, or a record around it, is refused; a record is hidden when
/// something in it is: hiding too much costs a question, hiding too little costs the secret.
/// </summary>
internal sealed class Redaction(Func<ValuePlace, bool>? mayShow)
{
    /// <summary>
    /// The same for a world in which <paramref name="changes"/> were made: what was computed from something hidden is hidden where it was put.
    /// </summary>
    public Redaction After(ChangeSet changes)
    {
        ValuePlace[] secret = [.. changes.Changes.Where(change => change.IsToHidden).Select(change => change.Place)];
        return mayShow is null || secret.Length == 0 ? this : new Redaction(place => mayShow(place) && !secret.Contains(place));
    }

    public bool Hides(ValuePlace place, Value value)
    {
        if (mayShow is null || place.Kind == PlaceKind.Identity)
        {
            return false;
        }

        for (int count = 1; count <= place.Path.Count; count++)
        {
            if (!mayShow(place.Around(count)))
            {
                return true;
            }
        }

        return HidesInside(place, value, mayShow);
    }

    /// <summary>Depth is bounded by <see cref="Value.DepthMax"/>.</summary>
    private static bool HidesInside(ValuePlace place, Value value, Func<ValuePlace, bool> mayShow)
    {
        if (value is not RecordValue record)
        {
            return false;
        }

        for (int i = 0; i < record.Count; i++)
        {
            ValuePlace member = place.Member(record.Names[i]);
            if (!mayShow(member) || HidesInside(member, record.Values[i], mayShow))
            {
                return true;
            }
        }

        return false;
    }
}
