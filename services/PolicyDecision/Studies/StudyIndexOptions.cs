using System.ComponentModel.DataAnnotations;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>Section PolicyDecision:Studies.</summary>
internal sealed class StudyIndexOptions
{
    public const string Section = "PolicyDecision:Studies";

    /// <summary>The service's own schema (PolicyDecision:Schema).</summary>
    [Required]
    public string Schema { get; set; } = "";

    /// <summary>How many studies are kept in memory at most.</summary>
    [Range(2, 10_000_000)]
    public int CachedStudiesMax { get; set; } = 200_000;

    /// <summary>How long an unknown study is remembered as unknown.</summary>
    public TimeSpan UnknownFor { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long studies in memory are believed while the database, and so the news of changes, is away.</summary>
    public TimeSpan StaleAtMost { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often a silent connection for the news of changes is asked whether it is still there.</summary>
    public TimeSpan ListenCheckEvery { get; set; } = TimeSpan.FromSeconds(10);
}
