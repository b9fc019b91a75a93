namespace AccessGov.Edge.Journal;

/// <summary>Why a journal is not to be believed. Immutable.</summary>
/// <param name="Reason"><see cref="Changed"/> or <see cref="PutBack"/>.</param>
/// <param name="Line">The first line that is not.</param>
/// <param name="Why">For people.</param>
internal sealed record JournalDamage(string Reason, long Line, string Why)
{
    public const string Changed = "broken";
    public const string PutBack = "put_back";

    public static JournalDamage Ends(long theirs, long last) => new(
        PutBack, last + 1, $"BreakGlass has line {theirs}, and this journal ends with line {last}: it was put back.");

    public static JournalDamage NotTaken(long line) => new(
        Changed, line, $"BreakGlass does not take line {line}: it does not follow from what was handed over before.");
}
