namespace AccessGov.Cedar;

/// <summary>How the policies whose scopes matched came out, in the order of the set. It lives on the stack during one evaluation.</summary>
internal readonly ref struct Outcomes
{
    // A candidate is a place in the set; when it is evaluated, its outcome takes the place's lowest bits.
    private const int OutcomeBits = 2;
    private const int OutcomeMask = (1 << OutcomeBits) - 1;
    private const int Unsatisfied = 0;
    private const int SatisfiedPermit = 1;
    private const int SatisfiedForbid = 2;

    private readonly CompiledPolicy[] policies;
    private readonly Span<int> outcomes;

    /// <summary>Evaluates <paramref name="candidates"/>, over which the outcomes are written.</summary>
    public Outcomes(CompiledPolicy[] policies, Span<int> candidates, in EvaluationFrame frame)
    {
        this.policies = policies;
        outcomes = candidates;
        for (int i = 0; i < candidates.Length; i++)
        {
            ref readonly CompiledPolicy policy = ref policies[candidates[i]];
            Value value = policy.Evaluate(in frame);
            int outcome = Unsatisfied;
            if (ReferenceEquals(value, BoolValue.True))
            {
                outcome = policy.IsForbid ? SatisfiedForbid : SatisfiedPermit;
                PermitCount += policy.IsForbid ? 0 : 1;
                ForbidCount += policy.IsForbid ? 1 : 0;
            }
            else if (value is Failure failure)
            {
                (Errors ??= []).Add(new PolicyError(policy.Policy, failure.Error));
            }

            candidates[i] = (candidates[i] << OutcomeBits) | outcome;
        }
    }

    public int Count => outcomes.Length;

    public int PermitCount { get; }

    public int ForbidCount { get; }

    /// <summary>The policies that could not be evaluated; null when there are none.</summary>
    public List<PolicyError>? Errors { get; }

    public void CopyConsidered(Span<Policy> target)
    {
        for (int i = 0; i < outcomes.Length; i++)
        {
            target[i] = policies[outcomes[i] >> OutcomeBits].Policy;
        }
    }

    public void CopyPermits(Span<Policy> target) => Copy(SatisfiedPermit, target);

    public void CopyForbids(Span<Policy> target) => Copy(SatisfiedForbid, target);

    public Response ToResponse()
    {
        Policy[] considered = Count == 0 ? [] : new Policy[Count];
        CopyConsidered(considered);
        Policy[] permits = PermitCount == 0 ? [] : PermitCount == Count ? considered : new Policy[PermitCount];
        CopyPermits(permits);
        Policy[] forbids = ForbidCount == 0 ? [] : ForbidCount == Count ? considered : new Policy[ForbidCount];
        CopyForbids(forbids);
        return new Response(considered, permits, forbids, Errors is null ? [] : [.. Errors]);
    }

    private void Copy(int wanted, Span<Policy> target)
    {
        int count = 0;
        for (int i = 0; count < target.Length; i++)
        {
            if ((outcomes[i] & OutcomeMask) == wanted)
            {
                target[count++] = policies[outcomes[i] >> OutcomeBits].Policy;
            }
        }
    }
}
