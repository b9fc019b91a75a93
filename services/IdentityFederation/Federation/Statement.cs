namespace AccessGov.IdentityFederation.Federation;

/// <summary>What an identity provider said of somebody, as far as it may take it back.</summary>
/// <param name="Names">By which names it would say that it has ended what this rests on.</param>
/// <param name="At">When it said so; in doubt the earlier of what both clocks say.</param>
/// <param name="Until">When its own session ends; null when it does not say.</param>
internal sealed record Statement(IReadOnlyList<string> Names, DateTimeOffset At, DateTimeOffset? Until = null)
{
    /// <summary>A statement that was made after it was asked for, and before it came.</summary>
    public static DateTimeOffset Between(DateTimeOffset? askedAt, DateTimeOffset said, DateTimeOffset now) =>
        said > now ? now : said < askedAt ? askedAt.Value : said;
}
