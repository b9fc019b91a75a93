using System.Runtime.InteropServices;

namespace AccessGov.Cedar;

/// <summary>
/// A response that its owner has filled again and again by <see cref="CompiledPolicySet.Evaluate(in Request, IEntities, ReusableResponse)"/>.
/// It grows to the largest response it held and keeps the memory. For one thread at a time; the next evaluation overwrites what the
/// spans show. A response to keep or to share is a <see cref="Response"/>.
/// </summary>
public sealed class ReusableResponse
{
    private readonly List<PolicyError> errors = [];
    private Policy[] considered = [];
    private Policy[] permits = [];
    private Policy[] forbids = [];
    private int consideredCount;
    private int permitCount;
    private int forbidCount;

    /// <summary>Allow when some permit is satisfied and no forbid is; erroring policies are left out. Deny before the first evaluation.</summary>
    public Decision Decision => permitCount > 0 && forbidCount == 0 ? Decision.Allow : Decision.Deny;

    /// <summary>The determining policies: every satisfied permit of an Allow, every satisfied forbid of a Deny (none by default).</summary>
    public ReadOnlySpan<Policy> Reasons => Decision == Decision.Allow ? SatisfiedPermits : SatisfiedForbids;

    /// <summary>The policies that could not be evaluated.</summary>
    public ReadOnlySpan<PolicyError> Errors => CollectionsMarshal.AsSpan(errors);

    /// <summary>Every satisfied permit, also when a forbid denied.</summary>
    public ReadOnlySpan<Policy> SatisfiedPermits => permits.AsSpan(0, permitCount);

    /// <summary>Every satisfied forbid.</summary>
    public ReadOnlySpan<Policy> SatisfiedForbids => forbids.AsSpan(0, forbidCount);

    /// <summary>Every policy whose scope matched, so whose conditions were evaluated.</summary>
    public ReadOnlySpan<Policy> Considered => considered.AsSpan(0, consideredCount);

    internal void Fill(in Outcomes outcomes)
    {
        outcomes.CopyConsidered(Room(ref considered, consideredCount = outcomes.Count));
        outcomes.CopyPermits(Room(ref permits, permitCount = outcomes.PermitCount));
        outcomes.CopyForbids(Room(ref forbids, forbidCount = outcomes.ForbidCount));
        errors.Clear();
        if (outcomes.Errors is not null)
        {
            errors.AddRange(outcomes.Errors);
        }
    }

    private static Span<Policy> Room(ref Policy[] items, int count)
    {
        if (items.Length < count)
        {
            items = new Policy[Math.Max(count, 2 * items.Length)];
        }

        return items.AsSpan(0, count);
    }
}
