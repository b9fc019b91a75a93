using System.Collections.Frozen;
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
    private readonly string keysFile;
    private readonly string revokedFile;
    private readonly TimeProvider clock;
    private volatile Heard heard;

    public HeardNews(IOptions<EdgeOptions> options, TimeProvider clock)
    {
        string directory = options.Value.Directory;
        OwnFiles.MakeDirectory(directory);
        (this.clock, keysFile, revokedFile) = (clock, Path.Combine(directory, "keys.json"), Path.Combine(directory, "revoked.json"));
        string keys = File.Exists(keysFile) ? File.ReadAllText(keysFile) : """{"keys":[]}""";
        string[] revoked = File.Exists(revokedFile) ? JsonSerializer.Deserialize<string[]>(File.ReadAllText(revokedFile)) ?? [] : [];
        heard = new Heard(keys, KeysOf(keys), revoked.ToFrozenSet(StringComparer.Ordinal), null);
    }

    /// <summary>The keys that sign capabilities; none when none was ever heard.</summary>
    public IReadOnlyList<SecurityKey> Keys => heard.Keys;

    /// <summary>How many capabilities are known to be taken back.</summary>
    public int RevokedCount => heard.Revoked.Count;

    /// <summary>How long ago all of it was heard; null when this process has heard nothing.</summary>
    public TimeSpan? Age => heard.At is { } at ? clock.GetElapsedTime(at) : null;

    /// <summary>Whether a capability was taken back, as last heard.</summary>
    public bool IsRevoked(string capability) => heard.Revoked.Contains(capability);

    /// <summary>Keeps what was heard. Written only when it says something else: a full disk must not hide what is known already.</summary>
    /// <param name="keys">A JWKS.</param>
    /// <param name="revoked">The ids of the capabilities that were taken back.</param>
    public void Hear(string keys, IReadOnlyCollection<string> revoked)
    {
        Heard before = heard;
        var next = new Heard(keys, KeysOf(keys), revoked.ToFrozenSet(StringComparer.Ordinal), clock.GetTimestamp());
        // An answer without keys is that of a BreakGlass which is not set up any more: what it promised is kept until it runs out.
        heard = next = next.Keys.Count > 0 ? next : next with { Text = before.Text, Keys = before.Keys };
        if (next.Text != before.Text)
        {
            OwnFiles.Replace(keysFile, System.Text.Encoding.UTF8.GetBytes(next.Text));
        }

        if (!next.Revoked.SetEquals(before.Revoked))
        {
            OwnFiles.Replace(revokedFile, JsonSerializer.SerializeToUtf8Bytes(revoked));
        }
    }

    private static SecurityKey[] KeysOf(string keys) => [.. new JsonWebKeySet(keys).GetSigningKeys()];

    private sealed record Heard(string Text, IReadOnlyList<SecurityKey> Keys, FrozenSet<string> Revoked, long? At);
}
