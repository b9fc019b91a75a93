using System.Security.Cryptography;
using System.Text;
using AccessGov.LeafVerification;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli;

/// <summary>
/// The lists of keys that were shredded, as <c>GET /shreddings/{id}/keys</c> gives them: an id a line. A leaf of the trail has the SHA-256
/// of each list, so that nobody can excuse a missing file with a list of their own.
/// </summary>
internal sealed class ShreddedKeys
{
    private readonly List<(string Path, string Digest, HashSet<string> Keys)> lists = [];
    private readonly HashSet<string> claimed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long First, long Count)> missing = new(StringComparer.Ordinal);

    /// <exception cref="InputException">A list cannot be read.</exception>
    public ShreddedKeys(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            try
            {
                byte[] bytes = File.ReadAllBytes(path);
                lists.Add((path, Convert.ToHexStringLower(SHA256.HashData(bytes)),
                    new HashSet<string>(Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries),
                        StringComparer.Ordinal)));
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                throw new InputException($"{path}: {refused.Message}");
            }
        }
    }

    /// <summary>How many files are not there because their keys were shredded; known at the end.</summary>
    public long Gone { get; private set; }

    public void Add(LeafRun run)
    {
        claimed.UnionWith(run.Shreddings.Select(shredding => shredding.Digest));
        foreach (MissingBlob blob in run.MissingBlobs)
        {
            (long first, long count) = missing.GetValueOrDefault(blob.KeyId, (blob.Leaf, 0));
            missing[blob.KeyId] = (first, count + 1);
        }
    }

    /// <summary>What is wrong after all leaves were seen: a list that is none of this trail, or a file that no list explains.</summary>
    public LogFinding? FaultAtEnd()
    {
        if (lists.FirstOrDefault(list => !claimed.Contains(list.Digest)) is { Path: { } other })
        {
            return new LogFinding("shredding_unknown", null, $"{other} is not the list of keys of a shredding that is in this trail.");
        }

        var unexplained = missing.Where(one => !lists.Any(list => list.Keys.Contains(one.Key))).Select(one => one.Value).ToList();
        Gone = missing.Values.Sum(one => one.Count) - unexplained.Sum(one => one.Count);
        return unexplained.Count == 0 ? null
            : new LogFinding("blob_missing", unexplained.Min(one => one.First),
                $"{unexplained.Sum(one => one.Count)} files of sealed fields are not there. "
                + (claimed.Count == 0 ? "No key was ever shredded in this trail."
                    : "Where their keys were shredded, the lists of those keys show it: give them with --shredded."));
    }
}
