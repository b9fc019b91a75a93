namespace AccessGov.TransparencyLog;

/// <summary>What is wrong with a log.</summary>
/// <param name="Code">A stable code: <c>bundle_missing</c>, <c>bundle_malformed</c>, <c>tile_missing</c>, <c>tile_malformed</c>,
/// <c>entry_changed</c>, <c>tile_changed</c>, <c>root_differs</c>, or that of the check of entries.</param>
/// <param name="Index">The first entry that cannot be believed; null when nobody can say which it is.</param>
/// <param name="Sentence">The same for people.</param>
public sealed record LogFinding(string Code, long? Index, string Sentence);

/// <summary>
/// What is to hold for entries beside their being in the tree, for example that each names the one before: looked at a bundle at a time,
/// then joined.
/// </summary>
/// <typeparam name="TPart">What was seen in a bundle.</typeparam>
/// <param name="Look">Looks at the entries of one bundle, of which the first has this index. Asked on several threads at once and in any
/// order; the entries are lent for the call. Where an entry is not the one of the tree, only those before it are shown.</param>
/// <param name="Follow">Is given what was seen, in the order of the bundles, and says what is wrong first; null when nothing is.</param>
public sealed record EntryChecks<TPart>(Func<long, IReadOnlyList<ReadOnlyMemory<byte>>, TPart> Look, Func<TPart, LogFinding?> Follow)
{
    /// <summary>
    /// The first entry that there is, where those before were pruned (c2sp.org/tlog-tiles): a multiple of 256, and 0 else.
    /// </summary>
    public long First { get; init; }

    /// <summary>How many processors the work may take; all of them unless something else is to go on beside it.</summary>
    public int ProcessorsMax { get; init; } = Environment.ProcessorCount;
}
