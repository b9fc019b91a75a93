using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Export;

/// <summary>The published trail for destinations. Thread-safe.</summary>
internal sealed class PublishedLeaves(TrailReader trail) : ITrailLeaves
{
    public ValueTask<long> HeadAsync(CancellationToken cancellation) => ValueTask.FromResult(trail.Size);

    public long First => trail.Minimum;

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(long from, int max, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ReadOnlyMemory<byte>>>([.. trail.Read(from, trail.Size).Take(max)]);
}
