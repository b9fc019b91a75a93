using System.ComponentModel.DataAnnotations;
using AccessGov.Client;

namespace AccessGov.BreakGlass;

/// <summary>The settings of the section BreakGlass.</summary>
internal sealed class BreakGlassOptions : IValidatableObject
{
    public const string Section = "BreakGlass";

    /// <summary>The database, as the service's own login role.</summary>
    [Required]
    public string ConnectionString { get; set; } = "";

    /// <summary>The service's own schema; its login role owns it.</summary>
    [Required]
    [RegularExpression("^[a-z_][a-z0-9_]{0,39}$")]
    public string Schema { get; set; } = "break_glass";

    /// <summary>Where PolicyDecision is asked who may take what.</summary>
    [Required]
    public Uri? PolicyDecisionUrl { get; set; }

    /// <summary>As whom it is asked.</summary>
    [Required]
    public ClientCredentialsSettings Client { get; set; } = new();

    /// <summary>How long an emergency access lasts unless the clinician asks for less or more; a role may allow less.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "12:00:00")]
    public TimeSpan Duration { get; set; } = TimeSpan.FromHours(4);

    /// <summary>When a case must be judged, counted from its invocation.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan ReviewWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Who is called when a case has not been judged, and after how long; the first is called at the invocation. Unless given: reviewer,
    /// deputy (12 h), privacy-officer (20 h), ciso (24 h).
    /// </summary>
    public IReadOnlyList<ReviewLevel> ReviewLevels { get; set; } = [];

    /// <summary>The patients of drills: test patients, about whom nobody is a secret.</summary>
    public IReadOnlyList<string> PracticePatients { get; set; } = [];

    /// <summary>How often somebody is to practise; compliance is reminded when nobody has.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "1100.00:00:00")]
    public TimeSpan DrillEvery { get; set; } = TimeSpan.FromDays(365);

    /// <summary>From how many justified cases of one role and department on a policy is proposed.</summary>
    [Range(2, 1000)]
    public int LessonCasesMin { get; set; } = 5;

    /// <summary>What the rule of the invocation asks for.</summary>
    public EmergencyRules Rules => new(Duration, ReviewWithin, PracticePatients);

    public IReadOnlyList<ReviewLevel> Levels => ReviewLevels.Count > 0 ? ReviewLevels : ReviewLevel.Usual;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Levels[0].After != TimeSpan.Zero || Levels.Zip(Levels.Skip(1)).Any(pair => pair.First.After >= pair.Second.After)
            || Levels.Any(level => level.Name.Length is 0 or > 50))
        {
            yield return new ValidationResult(
                "The levels have names of 1 to 50 characters; the first is called after 00:00:00, and each later than the one before.",
                [nameof(ReviewLevels)]);
        }
    }
}

/// <summary>The hospital's rules of emergency access.</summary>
/// <param name="Duration">How long an emergency access lasts unless the clinician says otherwise.</param>
/// <param name="ReviewWithin">How long after it a case must be judged.</param>
/// <param name="PracticePatients">The patients of drills.</param>
internal sealed record EmergencyRules(TimeSpan Duration, TimeSpan ReviewWithin, IReadOnlyList<string> PracticePatients);

/// <summary>Who is called for a case.</summary>
internal sealed record ReviewLevel
{
    public string Name { get; set; } = "";

    /// <summary>How long after the invocation.</summary>
    public TimeSpan After { get; set; }

    public static IReadOnlyList<ReviewLevel> Usual { get; } =
    [
        new() { Name = "reviewer" },
        new() { Name = "deputy", After = TimeSpan.FromHours(12) },
        new() { Name = "privacy-officer", After = TimeSpan.FromHours(20) },
        new() { Name = "ciso", After = TimeSpan.FromHours(24) },
    ];
}
