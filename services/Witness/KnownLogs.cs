using System.Collections.Immutable;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;

namespace AccessGov.Witness;

/// <summary>A log that this witness cosigns.</summary>
/// <param name="Origin">Its name.</param>
/// <param name="Keys">The keys that it may sign with.</param>
internal sealed record KnownLog(string Origin, ImmutableArray<NoteKey> Keys)
{
    /// <summary>
    /// Whether one of its keys has signed, and none that claims to have is false. Signatures of unknown keys say nothing.
    /// </summary>
    public bool HasSigned(SignedNote note)
    {
        NoteKey[] claimed = [.. Keys.Where(key => note.Signatures.Any(line => line.KeyId == key.Id && line.KeyName == key.Name))];
        return claimed.Length > 0 && claimed.All(note.IsSignedBy);
    }

    /// <summary>The note with nothing but the signatures of this log's keys.</summary>
    public SignedNote OwnSignatures(SignedNote note) => note with
    {
        Signatures = [.. note.Signatures.Where(line => Keys.Any(key => line.KeyId == key.Id && line.KeyName == key.Name))],
    };
}

/// <summary>The logs of the settings, by their names.</summary>
internal sealed class KnownLogs(IOptions<WitnessOptions> options)
{
    private readonly Dictionary<string, KnownLog> logs = options.Value.Logs.Select(NoteKey.Parse)
        .GroupBy(key => key.Name, StringComparer.Ordinal)
        .ToDictionary(log => log.Key, log => new KnownLog(log.Key, [.. log]), StringComparer.Ordinal);

    public IReadOnlyCollection<KnownLog> All => logs.Values;

    public KnownLog? Find(string origin) => logs.GetValueOrDefault(origin);
}
