using AccessGov.TransparencyLog;

namespace AccessGov.LeafVerification;

/// <summary>What was seen in consecutive leaves: how the first joins on, what the next must join on to, and what is wrong first.</summary>
/// <param name="first">The number of the first.</param>
public sealed class LeafRun(long first)
{
    private readonly List<Attestation> attestations = [];
    private readonly List<ShreddingClaim> shreddings = [];
    private readonly List<PruningClaim> prunings = [];
    private readonly List<MissingBlob> missingBlobs = [];

    /// <summary>The number of the first leaf.</summary>
    public long First { get; } = first;

    /// <summary>How many leaves are good before anything that is wrong.</summary>
    public int Count { get; internal set; }

    /// <summary>What its leaves attest of the stores of services.</summary>
    public IReadOnlyList<Attestation> Attestations => attestations;

    /// <summary>Which shreddings they tell of.</summary>
    public IReadOnlyList<ShreddingClaim> Shreddings => shreddings;

    /// <summary>Which prunings they tell of.</summary>
    public IReadOnlyList<PruningClaim> Prunings => prunings;

    /// <summary>The files that they refer to and that are not there.</summary>
    public IReadOnlyList<MissingBlob> MissingBlobs => missingBlobs;

    internal byte[] FirstPrevious { get; } = new byte[Leaf.PreviousLength];

    internal DateTimeOffset FirstReceived { get; set; }

    internal byte[] LastHash { get; } = new byte[Leaf.PreviousLength];

    internal DateTimeOffset LastReceived { get; set; }

    internal LogFinding? Fault { get; set; }

    internal void Add(Attestation attestation) => attestations.Add(attestation);

    internal void Add(ShreddingClaim shredding) => shreddings.Add(shredding);

    internal void Add(PruningClaim pruning) => prunings.Add(pruning);

    internal void Add(MissingBlob missing) => missingBlobs.Add(missing);
}
