namespace AccessGov.Audit.Export;

/// <summary>The trail for those who read it from some place on.</summary>
internal interface ITrailLeaves
{
    /// <summary>How many leaves there are now.</summary>
    ValueTask<long> HeadAsync(CancellationToken cancellation);

    /// <summary>The first leaf that there is.</summary>
    long First { get; }

    /// <summary>
    /// Leaves in their order, from one number on: at least one where there is one, at most <paramref name="max"/>; none behind the head.
    /// </summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(long from, int max, CancellationToken cancellation);
}
