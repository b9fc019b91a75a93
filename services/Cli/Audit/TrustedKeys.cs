using AccessGov.TransparencyLog;

namespace AccessGov.Cli;

/// <summary>The keys of a trail and of its witnesses, as whoever verifies was given them: every one must have signed.</summary>
internal sealed class TrustedKeys(IEnumerable<string> logKeys, IEnumerable<string> witnessKeys)
{
    private readonly NoteKey[] logs = [.. logKeys.Select(text => Parsed("--key", () => NoteKey.Parse(text)))];
    private readonly NoteKey[] witnesses = [.. witnessKeys.Select(text => Parsed("--witness", () => NoteKey.Parse(text)))];

    /// <summary>What is wrong with a checkpoint that must be signed by all.</summary>
    public LogFinding? FaultOf(SignedNote note, Checkpoint checkpoint) => FaultOf(note, checkpoint, [.. logs, .. witnesses]);

    /// <summary>What is wrong with one that was kept from before: witnesses may have come later.</summary>
    public LogFinding? FaultOfEarlier(SignedNote note, Checkpoint checkpoint) => FaultOf(note, checkpoint, logs);

    private LogFinding? FaultOf(SignedNote note, Checkpoint checkpoint, NoteKey[] signers) =>
        signers.FirstOrDefault(key => !note.IsSignedBy(key)) is { } missing
            ? new LogFinding("signature_missing", null, $"The checkpoint has no good signature of {missing}.")
        : logs.FirstOrDefault(key => key.Name != checkpoint.Origin) is { } other
            ? new LogFinding("origin_differs", null, $"The checkpoint is one of {checkpoint.Origin}, not of {other.Name}.")
        : null;

    /// <summary>Reads what somebody gave; what is malformed is not an answer but a refusal.</summary>
    public static T Parsed<T>(string what, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException malformed)
        {
            throw new InputException($"{what}: {malformed.Message}");
        }
    }
}
