namespace AccessGov.Cedar;

/// <summary>
/// Collects what is found in one policy. A policy is checked once for every environment it applies to, so the same finding comes many
/// times and is kept once.
/// </summary>
internal sealed class Findings(Policy policy, List<ValidationError> errors, List<ValidationWarning> warnings)
{
    private readonly HashSet<(int Kind, int Offset, string Problem)> seen = [];
    private int errorCount;
    private int warningCount;

    /// <summary>Whether further errors are dropped, so that looking for them is in vain.</summary>
    public bool IsFull => errorCount >= ValidationResult.PolicyFindingsMax;

    /// <summary>Whether further warnings are dropped.</summary>
    public bool HasAllWarnings => warningCount >= ValidationResult.PolicyFindingsMax;

    public void Error(ValidationErrorKind kind, int offset, string problem, string suggestion)
    {
        if (!IsFull && seen.Add(((int)kind, offset, problem)))
        {
            errorCount++;
            errors.Add(new ValidationError(kind, policy, policy.Tree.Source.PositionOf(offset), problem, suggestion));
        }
    }

    public void Warning(ValidationWarningKind kind, int offset, string problem, string suggestion)
    {
        if (!HasAllWarnings && seen.Add((~(int)kind, offset, problem)))
        {
            warningCount++;
            warnings.Add(new ValidationWarning(kind, policy, policy.Tree.Source.PositionOf(offset), problem, suggestion));
        }
    }
}
