namespace AccessGov.Audit.Copies;

/// <summary>
/// Somewhere else that keeps the trail's files, by their paths below the trail's directory. What is written is durable when it returns.
/// </summary>
internal interface ITrailCopy : IDisposable
{
    /// <summary>Whether there is a file of that path.</summary>
    Task<bool> HasAsync(string path, CancellationToken cancellation);

    /// <summary>Keeps a file that never changes; nothing is done where it is there already.</summary>
    /// <exception cref="CopyDiffersException">There is one of that path with other bytes. It is left as it is.</exception>
    Task AddAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Keeps a file in the place of an earlier one: a checkpoint.</summary>
    Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation);
}

/// <summary>A copy holds other bytes than the trail where both should never have changed.</summary>
internal sealed class CopyDiffersException(string path)
    : Exception($"{path} is there with other bytes than in the trail: one of the two was changed.")
{
    public string Path { get; } = path;
}
