using System.ComponentModel.DataAnnotations;

namespace AccessGov.Audit.Retention;

/// <summary>The settings of the section Audit:Retention: how long what is kept, and by which law.</summary>
internal sealed class RetentionOptions : IValidatableObject
{
    public const string Section = "Audit:Retention";

    /// <summary>The shortest time that anything is kept unless its class says why: HIPAA, 45 CFR 164.316(b)(2)(i).</summary>
    public const int YearsMin = 6;

    /// <summary>The classes by their names. <c>access</c> is there in any case and has whatever no other takes.</summary>
    public IDictionary<string, RetentionClassSetting> Classes { get; } = new Dictionary<string,
        RetentionClassSetting>(StringComparer.Ordinal);

    /// <summary>How often what was approved is worked on.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan WorkEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often it is looked for what has expired, and whether keys' epochs are over.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromHours(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string name, RetentionClassSetting setting) in Classes)
        {
            bool isRest = name == RetentionClasses.Rest;
            string? problem = !Identifiers.IsOwn(name) ? "A class is named in lower-case letters, digits and hyphens."
                : string.IsNullOrWhiteSpace(setting.Basis) ? "Basis names the law."
                : setting.KeepYears is < 0 or > 150 || setting.KeepDays is < 0 or > 55_000
                    ? "KeepYears is from 0 to 150, KeepDays from 0 to 55000."
                : setting.IsShort && string.IsNullOrWhiteSpace(setting.Shorter)
                    ? $"It is kept for {YearsMin} years at least, or Shorter says why it need not be."
                : isRest && setting.HasRules ? "It has whatever no other class takes, and no rules."
                : !isRest && !setting.HasRules ? "It has no rule in Kinds, Actions or Services, and would never be used."
                : setting.Actions.FirstOrDefault(action => !Ingest.AuditActions.All.Contains(action, StringComparer.Ordinal)) is { } unknown
                    ? $"{unknown} is no action: {string.Join(", ", Ingest.AuditActions.All)} are."
                : null;
            if (problem is not null)
            {
                yield return new ValidationResult(problem, [$"{nameof(Classes)}:{name}"]);
            }
        }
    }
}

/// <summary>A class: what belongs to it, how long it is kept, and why.</summary>
internal sealed class RetentionClassSetting
{
    /// <summary>The kinds of events that belong to it; empty: any. Where several lists are given, an event is in each.</summary>
    public IList<string> Kinds { get; } = [];

    /// <summary>The actions.</summary>
    public IList<string> Actions { get; } = [];

    /// <summary>The services or systems.</summary>
    public IList<string> Services { get; } = [];

    /// <summary>The law that demands or allows it.</summary>
    public string Basis { get; set; } = "";

    /// <summary>How long it is kept after the end of the year in which it was taken in: years, and days on top.</summary>
    public int KeepYears { get; set; }

    public int KeepDays { get; set; }

    /// <summary>Why it is kept for less than six years; null where it is not.</summary>
    public string? Shorter { get; set; }

    public bool HasRules => Kinds.Count + Actions.Count + Services.Count > 0;

    public bool IsShort => new DateOnly(2000, 1, 1).AddYears(KeepYears)
        .AddDays(KeepDays) < new DateOnly(2000 + RetentionOptions.YearsMin, 1, 1);
}
