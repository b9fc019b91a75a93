using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.Edge.Merge;

/// <summary>
/// What was heard from AccessGov last, kept beside the journal for the time in which nothing can be heard: the keys that sign capabilities,
/// and which of these were taken back. Thread-safe.
/// </summary>
internal sealed class HeardNews
{
    private readonly Lock gate = new();
    private readonly KeptFile keysFile;
    private readonly KeptFile revokedFile;
    private readonly TimeProvider clock;
    private volatile Heard heard;

    public HeardNews(IOptions<EdgeOptions> options, TimeProvider clock, ILogger<HeardNews> log)
    {
        string directory = options.Value.Directory;
        OwnFiles.MakeDirectory(directory);
        this.clock = clock;
        keysFile = new KeptFile(Path.Combine(directory, "keys.json"), log);
        revokedFile = new KeptFile(Path.Combine(directory, "revoked.json"), log);
        Heard? keys = keysFile.Read(content => Heard.Of(Encoding.UTF8.GetString(content), FrozenSet<string>.Empty, null));
        FrozenSet<string>? revoked = revokedFile.Read(content => RevokedOf(JsonSerializer.Deserialize<string?[]>(content) ?? []));
        heard = (keys ?? Heard.Of("""{"keys":[]}""", FrozenSet<string>.Empty, null)) with { Revoked = revoked ?? FrozenSet<string>.Empty };
    }

    /// <summary>The keys that sign capabilities; none when none was ever heard.</summary>
    public IReadOnlyList<SecurityKey> Keys => heard.Keys;

    /// <summary>How many capabilities are known to be taken back.</summary>
    public int RevokedCount => heard.Revoked.Count;

    /// <summary>How long ago all of it was heard; null when this process has heard nothing.</summary>
    public TimeSpan? Age => heard.At is { } at ? clock.GetElapsedTime(at) : null;

    /// <summary>What is wrong with what is kept of it; null when nothing is.</summary>
    public string? Fault
    {
        get
        {
            lock (gate)
            {
                return !keysFile.IsKept || !revokedFile.IsKept ? "What was heard from AccessGov cannot be kept: the disk may be full."
                    : keysFile.IsDamaged || revokedFile.IsDamaged
                        ? "What was kept of AccessGov's keys or of what was taken back is damaged: it must be heard again." : null;
            }
        }
    }

    /// <summary>Whether a capability was taken back, as last heard.</summary>
    public bool IsRevoked(string capability) => heard.Revoked.Contains(capability);

    /// <summary>
    /// Knows and keeps what was heard. Written only when the disk has something else: a full one must not hide what is known already.
    /// </summary>
    /// <param name="keys">A JWKS.</param>
    /// <param name="revoked">The ids of the capabilities that were taken back.</param>
    public void Hear(string keys, IReadOnlyCollection<string> revoked)
    {
        var next = Heard.Of(keys, RevokedOf(revoked), clock.GetTimestamp());
        lock (gate)
        {
            // An answer without keys is that of a BreakGlass which is not set up any more: what it promised is kept until it runs out.
            heard = next = next.Keys.Count > 0 ? next : next with { Text = heard.Text, Keys = heard.Keys };
            keysFile.Keep(Encoding.UTF8.GetBytes(next.Text));
            revokedFile.Keep(JsonSerializer.SerializeToUtf8Bytes(next.Revoked.Order(StringComparer.Ordinal)));
        }
    }

    private static FrozenSet<string> RevokedOf(IEnumerable<string?> ids) =>
        ids.Select(id => id ?? throw new FormatException("null is no id.")).ToFrozenSet(StringComparer.Ordinal);

    private sealed record Heard(string Text, IReadOnlyList<SecurityKey> Keys, FrozenSet<string> Revoked, long? At)
    {
        public static Heard Of(string keys, FrozenSet<string> revoked, long? at) =>
            new(keys, [.. new JsonWebKeySet(keys).GetSigningKeys()], revoked, at);
    }
}
