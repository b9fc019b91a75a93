namespace AccessGov.ServiceDefaults;

/// <summary>Which tokens are worth nothing although they have not expired. Not thread-safe: its owner holds a lock.</summary>
internal sealed class Revocations(TimeSpan longestLifetime)
{
    private readonly Dictionary<string, DateTimeOffset> tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> subjects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> sessions = new(StringComparer.Ordinal);
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);

    public void Add(string tokenId, DateTimeOffset expiresAt, DateTimeOffset now)
    {
        Forget(now);
        tokens[tokenId] = expiresAt;
    }

    public void AddAllOf(string subject, DateTimeOffset issuedUntil, DateTimeOffset now)
    {
        Forget(now);
        if (!subjects.TryGetValue(subject, out DateTimeOffset known) || known < issuedUntil)
        {
            subjects[subject] = issuedUntil;
        }
    }

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
        || IsOf(token.Caller.Subject, token) || IsOf(token.Caller.ClientId, token);

    private bool IsOf(string subject, ValidatedToken token) => subjects.TryGetValue(subject, out DateTimeOffset issuedUntil) && token.IssuedAt <= issuedUntil;

    private void Forget(DateTimeOffset now)
    {
        foreach (string id in tokens.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList())
        {
            tokens.Remove(id);
        }

        foreach (string subject in subjects.Where(pair => pair.Value + longestLifetime <= now).Select(pair => pair.Key).ToList())
        {
            subjects.Remove(subject);
        }

        foreach (string session in sessions.Where(pair => pair.Value + longestLifetime <= now).Select(pair => pair.Key).ToList())
        {
            sessions.Remove(session);
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
