namespace AccessGov.Cedar;

/// <summary>Collects what does not conform, with the entity and the path at which the reader or the check is.</summary>
internal sealed class ConformanceErrors
{
    private readonly List<ConformanceError> found = [];
    private readonly List<string> path = [];

    public IReadOnlyList<ConformanceError> Found => found;

    public int Count => found.Count;

    /// <summary>Whether further errors are not reported, so that nobody needs to look for them.</summary>
    public bool IsFull => found.Count >= ConformanceException.ErrorsMax;

    public EntityUid? Entity { get; set; }

    public int Depth => path.Count;

    /// <summary>Starts over at a new root, such as <c>attrs</c>.</summary>
    public void Begin(string root)
    {
        path.Clear();
        path.Add(root);
    }

    public void Enter(string attribute) =>
        path.Add(Names.IsWord(attribute) && path[0] is not "tags" ? $".{attribute}" : $"[{ValueText.Quote(attribute)}]");

    public void EnterMember() => path.Add("[]");

    public void Leave() => path.RemoveAt(path.Count - 1);

    /// <summary>Goes back up after an exception left the path where it happened.</summary>
    public void LeaveTo(int depth) => path.RemoveRange(depth, path.Count - depth);

    public void Add(string message)
    {
        if (!IsFull)
        {
            found.Add(new ConformanceError(Entity, Excerpt.Of(string.Concat(path)), Excerpt.Of(message)));
        }
    }

    /// <exception cref="ConformanceException">There is some error.</exception>
    public void ThrowIfAny()
    {
        if (found.Count > 0)
        {
            throw new ConformanceException(found);
        }
    }
}
