using System.Collections.Concurrent;
using System.Diagnostics;

namespace AccessGov.PolicyDecision.Tests.Freshness;

/// <summary>What callers saw, with the instants of one clock. Thread-safe.</summary>
internal sealed class AccessHistory
{
    private readonly ConcurrentQueue<Question> questions = new();
    private readonly ConcurrentDictionary<string, long> revoked = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Question> Questions => questions;

    /// <summary>The revocation of everything that <paramref name="subject"/> had is acknowledged now.</summary>
    public void Revoked(string subject) => revoked[subject] = Stopwatch.GetTimestamp();

    /// <summary>Runs and remembers one question.</summary>
    public async Task<Question> AskAsync(string replica, string door, string subject, Func<Task<(bool Permitted, string Reason)>> ask)
    {
        long started = Stopwatch.GetTimestamp();
        (bool permitted, string reason) = await ask();
        var question = new Question(replica, door, subject, started, permitted, reason);
        questions.Enqueue(question);
        return question;
    }

    /// <summary>Permits to questions that began after the revocation had been acknowledged: there must be none.</summary>
    public IReadOnlyList<Question> PermitsAfterRevocation() =>
        [.. questions.Where(question => question.Permitted && revoked.TryGetValue(question.Subject, out long at) && question.Started > at)];

    internal sealed record Question(string Replica, string Door, string Subject, long Started, bool Permitted, string Reason);
}
