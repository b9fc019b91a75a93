namespace AccessGov.ServiceDefaults;

/// <summary>Which tokens are worth nothing although they have not expired. Not thread-safe: its owner holds a lock.</summary>
internal sealed class Revocations(TimeSpan longestLifetime)
{
    private readonly Dictionary<string, DateTimeOffset> tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> subjects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> clients = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> sessions = new(StringComparer.Ordinal);
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);

    public void Add(string tokenId, DateTimeOffset expiresAt, DateTimeOffset now)
    {
        Forget(now);
        tokens[tokenId] = expiresAt;
    }

    public void AddAllOf(string subject, DateTimeOffset issuedUntil, DateTimeOffset now) => Add(subjects, subject, issuedUntil, now);

    public void AddOwnOf(string client, DateTimeOffset issuedUntil, DateTimeOffset now) => Add(clients, client, issuedUntil, now);

    // Keys are few and never come back, so they are not forgotten.
    public void AddKey(string keyId) => keys.Add(keyId);

    // A session that has ended gives no more tokens: once its last one is over, it need not be remembered.
    public void AddSession(string sessionId, DateTimeOffset now)
    {
        Forget(now);
        sessions[sessionId] = now;
    }

    public bool Cover(ValidatedToken token) =>
        tokens.ContainsKey(token.TokenId)
        || (token.Caller.SessionId is { } session && sessions.ContainsKey(session))
        || (token.KeyId is { } key && keys.Contains(key))
        || IsOf(subjects, token.Caller.Subject, token) || IsOf(subjects, token.Caller.ClientId, token)
        || (token.Caller.IsMachine && IsOf(clients, token.Caller.ClientId, token));

    private static bool IsOf(Dictionary<string, DateTimeOffset> whose, string id, ValidatedToken token) =>
        whose.TryGetValue(id, out DateTimeOffset issuedUntil) && token.IssuedAt <= issuedUntil;

    private void Add(Dictionary<string, DateTimeOffset> whose, string id, DateTimeOffset issuedUntil, DateTimeOffset now)
    {
        Forget(now);
        if (!whose.TryGetValue(id, out DateTimeOffset known) || known < issuedUntil)
        {
            whose[id] = issuedUntil;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (string id in tokens.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList())
        {
            tokens.Remove(id);
        }

        foreach (Dictionary<string, DateTimeOffset> whose in new[] { subjects, clients, sessions })
        {
            foreach (string id in whose.Where(pair => pair.Value + longestLifetime <= now).Select(pair => pair.Key).ToList())
            {
                whose.Remove(id);
            }
        }
    }
}

/// <summary>What is remembered of a good token.</summary>
/// <param name="Caller">Whose it is.</param>
/// <param name="TokenId">Its <c>jti</c>.</param>
/// <param name="KeyId">Its <c>kid</c>; null or empty when it names no key.</param>
/// <param name="IssuedAt">Its <c>iat</c>.</param>
/// <param name="IsOwn">Whether this service issued it itself.</param>
internal sealed record ValidatedToken(CallerIdentity Caller, string TokenId, string? KeyId, DateTimeOffset IssuedAt, bool IsOwn);
