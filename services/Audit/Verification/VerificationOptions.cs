using System.ComponentModel.DataAnnotations;

namespace AccessGov.Audit.Verification;

/// <summary>The settings of the section Audit that say how often the service verifies its own trail.</summary>
internal sealed class VerificationOptions : IValidatableObject
{
    public const string Section = "Audit";

    /// <summary>How often what was added since is verified.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "36500.00:00:00")]
    public TimeSpan VerifyEvery { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often the whole trail is, at least.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "36500.00:00:00")]
    public TimeSpan VerifyWholeEvery { get; set; } = TimeSpan.FromDays(7);

    /// <summary>At what time of the day, UTC, where it is once a day or more rarely.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "23:59:59")]
    public TimeSpan VerifyAt { get; set; } = TimeSpan.FromHours(2.5);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (VerifyWholeEvery < VerifyEvery)
        {
            yield return new ValidationResult(
                "The whole trail cannot be verified more often than the trail is verified at all: make VerifyEvery shorter, or "
                + "VerifyWholeEvery longer.", [nameof(VerifyWholeEvery)]);
        }
    }

    /// <summary>When it is verified after it was the last time.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset last)
    {
        TimeSpan day = TimeSpan.FromDays(1);
        if (VerifyEvery < day)
        {
            return last + VerifyEvery;
        }

        DateTimeOffset earliest = last + VerifyEvery - day;
        DateTimeOffset next = new DateTimeOffset(earliest.UtcDateTime.Date, TimeSpan.Zero) + VerifyAt;
        return next > earliest ? next : next + day;
    }

    /// <summary>Whether the whole trail is verified now: else it would not have been for longer than it may be.</summary>
    public bool IsWhole(DateTimeOffset? last, DateTimeOffset now) => last is not { } at || NextAfter(now) > at + VerifyWholeEvery;
}
