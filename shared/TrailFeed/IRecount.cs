using AccessGov.Contracts.Audit.V1;

namespace AccessGov.TrailFeed;

/// <summary>A store that is read again from its beginning, so that the audit trail sees whether something was removed or changed.</summary>
public interface IRecount
{
    /// <summary>
    /// Reads it, on a connection of its own and in pieces, through where it has been told; nothing where nothing has been told yet.
    /// </summary>
    IAsyncEnumerable<Recount> CountAsync(CancellationToken cancellation);
}

/// <summary>One recount and the subject that it is told under: that of the messages that told what it recounts.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="Message">What is there.</param>
public sealed record Recount(string Subject, StoreRecounted Message);
