using System.Globalization;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli;

/// <summary><c>audit verify</c>: is an audit trail in a directory what was signed, from its first leaf to its last, without a network and a database.</summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var directory = new Argument<string>("DIRECTORY") { Description = "The trail: checkpoint and tile/ are in it." };
        Option<string[]> keys = Keys("--key", "A key of the trail as the hospital gave it to you, not as the directory says; every one given must have signed.");
        keys.Required = true;
        Option<string[]> witnesses = Keys("--witness", "The key of a witness that must have signed the checkpoint too.");
        witnesses.DefaultValueFactory = _ => [];
        var earlier = new Option<string[]>("--earlier")
        {
            Description = "A checkpoint kept from before: the trail must begin with what it says.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
        };
        Option<bool> json = InputOptions.Json();
        Option<bool> progress = InputOptions.Progress();
        var command = new Command("verify", "Checks signatures, every leaf, the chain of leaves and the tree. Ends with 1 at the first thing that is wrong and names the leaf.")
        {
            directory, keys, witnesses, earlier, json, progress,
        };
        command.SetAction((parsed, cancellation) =>
        {
            NoteKey[] logKeys = [.. parsed.GetRequiredValue(keys).Select(text => Read("--key", () => NoteKey.Parse(text)))];
            NoteKey[] witnessKeys = [.. parsed.GetRequiredValue(witnesses).Select(text => Read("--witness", () => NoteKey.Parse(text)))];
            var tiles = new TileDirectory(parsed.GetRequiredValue(directory));
            SignedNote note = ReadNote(tiles.CheckpointPath);
            Checkpoint checkpoint = Read(tiles.CheckpointPath, () => Checkpoint.Parse(note.Text));
            LogFinding? finding = FaultOfSignatures(note, [.. logKeys, .. witnessKeys]) ?? FaultOfOrigin(checkpoint, logKeys);
            if (finding is null)
            {
                using var line = new ProgressLine(terminal, parsed.GetValue(progress), "leaves", checkpoint.Size);
                finding = LogVerification.FirstFault(tiles, checkpoint, new LeafChain().Check, line.Report, cancellation)
                    ?? parsed.GetRequiredValue(earlier).Select(path => FaultOfEarlier(tiles, checkpoint, path, logKeys)).FirstOrDefault(fault => fault is not null);
            }

            return Task.FromResult(Write(terminal, parsed.GetValue(json), checkpoint, finding));
        });
        return command;
    }

    private static Option<string[]> Keys(string name, string description) => new(name)
    {
        Description = description, HelpName = "KEY", AllowMultipleArgumentsPerToken = true,
    };

    private static LogFinding? FaultOfSignatures(SignedNote note, IEnumerable<NoteKey> keys) =>
        keys.FirstOrDefault(key => !note.IsSignedBy(key)) is { } missing
            ? new LogFinding("signature_missing", null, $"The checkpoint has no good signature of {missing}.")
            : null;

    private static LogFinding? FaultOfOrigin(Checkpoint checkpoint, IEnumerable<NoteKey> keys) =>
        keys.FirstOrDefault(key => key.Name != checkpoint.Origin) is { } other
            ? new LogFinding("origin_differs", null, $"The checkpoint is one of {checkpoint.Origin}, not of {other.Name}.")
            : null;

    private static LogFinding? FaultOfEarlier(TileDirectory tiles, Checkpoint checkpoint, string path, IReadOnlyList<NoteKey> keys)
    {
        SignedNote note = ReadNote(path);
        Checkpoint earlier = Read(path, () => Checkpoint.Parse(note.Text));
        if ((FaultOfSignatures(note, keys) ?? FaultOfOrigin(earlier, keys)) is { } fault)
        {
            return fault with { Sentence = $"{path}: {fault.Sentence}" };
        }

        bool isStart = earlier.Size <= checkpoint.Size && MerkleProof.ShowsConsistency(
            earlier.Size, checkpoint.Size, earlier.Size == 0 ? [] : new TileTree(tiles, checkpoint.Size).ConsistencyProof(earlier.Size).AsSpan(), earlier.Root, checkpoint.Root);
        return isStart ? null
            : new LogFinding("history_changed", null, $"The trail does not begin with the {earlier.Size} leaves that were signed in {path}: history was rewritten or cut off.");
    }

    private static SignedNote ReadNote(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > SignedNote.BytesMax })
            {
                throw new InputException($"{path}: a checkpoint has at most {SignedNote.BytesMax} bytes.");
            }

            return Read(path, () => SignedNote.Parse(File.ReadAllBytes(path)));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {refused.Message}");
        }
    }

    private static T Read<T>(string what, Func<T> parse)
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

    private static int Write(Terminal terminal, bool asJson, Checkpoint checkpoint, LogFinding? finding)
    {
        if (asJson)
        {
            terminal.Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("ok", finding is null);
                writer.WriteString("origin", checkpoint.Origin);
                writer.WriteNumber("size", checkpoint.Size);
                writer.WriteString("root", checkpoint.Root.ToString());
                if (finding is not null)
                {
                    writer.WriteString("code", finding.Code);
                    writer.WriteString("message", finding.Sentence);
                }

                if (finding?.Index is { } index)
                {
                    writer.WriteNumber("seq", index);
                }

                writer.WriteEndObject();
            });
        }
        else if (finding is null)
        {
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{checkpoint.Origin}: {checkpoint.Size} leaves verified, root {checkpoint.Root}"), Colour.Green);
        }
        else
        {
            string place = finding.Index is { } index ? string.Create(CultureInfo.InvariantCulture, $"leaf {index}: ") : "";
            terminal.Line($"{place}error: {finding.Code}: {finding.Sentence}", Colour.Red);
        }

        return finding is null ? ExitCode.Good : ExitCode.Found;
    }
}
