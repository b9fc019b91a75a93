namespace AccessGov.Cedar;

/// <summary>The question: may this principal do this action on this resource in this context.</summary>
public readonly record struct Request(EntityUid Principal, EntityUid Action, EntityUid Resource, RecordValue Context);

/// <summary>The answer.</summary>
public enum Decision
{
    /// <summary>No permit was satisfied, or some forbid was.</summary>
    Deny,

    /// <summary>Some permit was satisfied and no forbid was.</summary>
    Allow,
}

/// <summary>
/// A policy that could not be evaluated and was skipped. A scope cannot fail, so the scope of an erroring policy has always matched;
/// a host that wants to fail closed denies when <see cref="Effect"/> is a forbid.
/// </summary>
public sealed record PolicyError(Policy Policy, EvaluationError Error)
{
    /// <summary>The effect of the policy that was skipped.</summary>
    public Effect Effect => Policy.Effect;
}

/// <summary>The decision by plain Cedar's rules and everything it rests on. All lists are in the order of the policy set. Immutable.</summary>
public sealed class Response
{
    internal Response(Policy[] considered, Policy[] permits, Policy[] forbids, PolicyError[] errors)
    {
        Considered = considered;
        SatisfiedPermits = permits;
        SatisfiedForbids = forbids;
        Errors = errors;
        Decision = forbids.Length == 0 && permits.Length > 0 ? Decision.Allow : Decision.Deny;
    }

    /// <summary>Allow when some permit is satisfied and no forbid is; erroring policies are left out.</summary>
    public Decision Decision { get; }

    /// <summary>The determining policies: every satisfied permit of an Allow, every satisfied forbid of a Deny (none by default).</summary>
    public IReadOnlyList<Policy> Reasons => Decision == Decision.Allow ? SatisfiedPermits : SatisfiedForbids;

    /// <summary>The policies that could not be evaluated.</summary>
    public IReadOnlyList<PolicyError> Errors { get; }

    /// <summary>Every satisfied permit, also when a forbid denied.</summary>
    public IReadOnlyList<Policy> SatisfiedPermits { get; }

    /// <summary>Every satisfied forbid.</summary>
    public IReadOnlyList<Policy> SatisfiedForbids { get; }

    /// <summary>Every policy whose scope matched, so whose conditions were evaluated.</summary>
    public IReadOnlyList<Policy> Considered { get; }
}
