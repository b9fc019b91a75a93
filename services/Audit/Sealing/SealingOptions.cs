using System.ComponentModel.DataAnnotations;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// The settings of the section Audit that say how sealed fields are opened and how the keys that protect their keys change.
/// </summary>
internal sealed class SealingOptions : IValidatableObject
{
    public const string Section = "Audit";

    /// <summary>
    /// How strongly whoever unseals, shreds or changes keys must have signed in: an <c>acr</c> that <c>Authentication:AssuranceLevels</c>
    /// knows.
    /// </summary>
    [Required]
    public string UnsealContext { get; set; } = "https://refeds.org/profile/mfa";

    /// <summary>What was taken in so long ago is opened only with a second person's approval.</summary>
    public TimeSpan ArchiveAfter { get; set; } = TimeSpan.FromDays(365);

    /// <summary>
    /// How long backups of the database are kept: so long a former epoch's key is kept too, and what is in older ones opens nothing.
    /// </summary>
    public TimeSpan BackupHorizon { get; set; } = TimeSpan.FromDays(35);

    /// <summary>How often a new epoch begins by itself; null: only when somebody commands it.</summary>
    public TimeSpan? KeyEpochEvery { get; set; } = TimeSpan.FromDays(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ArchiveAfter < TimeSpan.FromDays(1))
        {
            yield return new ValidationResult("It is at least a day.", [nameof(ArchiveAfter)]);
        }

        if (BackupHorizon < TimeSpan.FromDays(1))
        {
            yield return new ValidationResult("It is at least a day.", [nameof(BackupHorizon)]);
        }

        if (KeyEpochEvery < TimeSpan.FromDays(1))
        {
            yield return new ValidationResult("It is at least a day, or absent.", [nameof(KeyEpochEvery)]);
        }
    }
}
