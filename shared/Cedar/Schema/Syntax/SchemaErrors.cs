namespace AccessGov.Cedar;

/// <summary>Collects the errors of one schema, the first <see cref="SchemaException.ErrorsMax"/> of them.</summary>
internal sealed class SchemaErrors
{
    private readonly List<SchemaError> found = [];

    public int Count => found.Count;

    /// <summary>Whether further errors are not reported, so that nobody needs to find words for them.</summary>
    public bool IsFull => found.Count >= SchemaException.ErrorsMax;

    public void Add(SchemaPlace place, string message) => Add(place.Error(message));

    public void Add(SchemaError error)
    {
        if (!IsFull)
        {
            found.Add(error with { Message = Excerpt.Of(error.Message), Pointer = error.Pointer is null ? null : Excerpt.Of(error.Pointer) });
        }
    }

    /// <exception cref="SchemaException">There is some error.</exception>
    public void ThrowIfAny()
    {
        if (found.Count > 0)
        {
            throw new SchemaException(found);
        }
    }
}
