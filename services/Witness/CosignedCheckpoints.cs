using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using AccessGov.CommandEndpoints;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;

namespace AccessGov.Witness;

/// <summary>
/// What was cosigned last of each log: one file a log, the checkpoint with the log's signatures and the cosignature. The file is on the
/// disk before the cosignature is answered. Thread-safe; one process has the directory.
/// </summary>
internal sealed class CosignedCheckpoints : IDisposable
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> gates = new(StringComparer.Ordinal);
    private readonly string directory;
    private readonly NoteSigner signer;
    private readonly TimeProvider clock;
    private readonly FileStream mine;

    public CosignedCheckpoints(IOptions<WitnessOptions> options, NoteSigner signer, TimeProvider clock)
    {
        (directory, this.signer, this.clock) = (Path.GetFullPath(options.Value.StateDirectory), signer, clock);
        Directory.CreateDirectory(directory);
        mine = new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
    }

    /// <summary>A cosignature, the size that was cosigned last where the log named another, or why it is refused.</summary>
    public sealed record Answer(NoteSignature? Cosignature = null, long? Conflict = null, AddCheckpoint.Refused? Fault = null);

    /// <summary>The SHA-256 of a log's name: where its checkpoint is, here and for monitors.</summary>
    public static string HashOf(string origin) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));

    /// <summary>
    /// Compares with what was cosigned last, keeps the new checkpoint and cosigns it: one submission of a log after the other.
    /// </summary>
    /// <exception cref="IOException">It cannot be kept, and nothing is cosigned.</exception>
    /// <exception cref="InvalidDataException">What was kept is no checkpoint of this log: somebody changed it.</exception>
    public async Task<Answer> AddAsync(KnownLog log, Submission submission, CancellationToken cancellation)
    {
        SemaphoreSlim gate = gates.GetOrAdd(log.Origin, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellation);
        try
        {
            Checkpoint? last = Last(log)?.Checkpoint;
            if (submission.OldSize != (last?.Size ?? 0))
            {
                return new Answer(Conflict: last?.Size ?? 0);
            }

            if (AddCheckpoint.FaultAfter(last, submission) is { } fault)
            {
                return new Answer(Fault: fault);
            }

            SignedNote own = log.OwnSignatures(submission.Note);
            NoteSignature cosignature = signer.Sign(own.Text, clock.GetUtcNow());
            DurableFiles.Replace(
                PathOf(log), Encoding.UTF8.GetBytes((own with { Signatures = [.. own.Signatures, cosignature] }).ToString()));
            return new Answer(cosignature);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>What was cosigned last of a log; null when nothing was.</summary>
    /// <exception cref="InvalidDataException">It is no checkpoint of this log.</exception>
    public (SignedNote Note, Checkpoint Checkpoint)? Last(KnownLog log)
    {
        string path = PathOf(log);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            SignedNote note = SignedNote.Parse(File.ReadAllBytes(path));
            return Submission.CheckpointOf(note.Text) is var checkpoint && checkpoint.Origin == log.Origin
                ? (note, checkpoint)
                : throw new FormatException("it is of another log.");
        }
        catch (FormatException malformed)
        {
            throw new InvalidDataException($"{path} is not what this witness has cosigned: {malformed.Message}", malformed);
        }
    }

    public void Dispose() => mine.Dispose();

    private string PathOf(KnownLog log) => Path.Combine(directory, HashOf(log.Origin));
}
