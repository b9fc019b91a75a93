namespace AccessGov.Cedar;

/// <summary>
/// A policy set as delegates behind an index by action, principal and resource. Immutable, without locks: any number of threads may
/// evaluate at once, and a new set replaces an old one by one assignment.
/// </summary>
public sealed class CompiledPolicySet
{
    // So many candidates lie on the stack, more in a rented array.
    private const int StackCandidates = 32;

    private readonly CompiledPolicy[] policies;
    private readonly PolicyIndex index;

    internal CompiledPolicySet(PolicySet source)
    {
        Source = source;
        var conditions = new ConditionCompiler();
        policies = [.. source.Policies.Where(policy => !policy.IsTemplate)
            .Select(policy => new CompiledPolicy(policy, conditions.Compile(policy.Tree.Conditions)))];
        index = new PolicyIndex(Array.ConvertAll(policies, policy => policy.Policy.Tree));
    }

    /// <summary>The policies this was compiled from.</summary>
    public PolicySet Source { get; }

    /// <summary>Decides by plain Cedar's rules. An evaluation error is part of the response, never an exception.</summary>
    public Response Evaluate(in Request request, IEntities entities)
    {
        var frame = new EvaluationFrame(in request, entities);
        var candidates = new CandidateList(stackalloc int[StackCandidates]);
        index.Find(in frame, ref candidates);
        var outcomes = new Outcomes(policies, candidates.InOrder(), in frame);
        Response response = outcomes.ToResponse();
        candidates.Return();
        return response;
    }

    /// <summary>
    /// As <see cref="Evaluate(in Request, IEntities)"/>, into a response of the caller's. Without evaluation errors this allocates
    /// nothing, once <paramref name="response"/> has grown to the size that the requests need.
    /// </summary>
    public void Evaluate(in Request request, IEntities entities, ReusableResponse response)
    {
        var frame = new EvaluationFrame(in request, entities);
        var candidates = new CandidateList(stackalloc int[StackCandidates]);
        index.Find(in frame, ref candidates);
        var outcomes = new Outcomes(policies, candidates.InOrder(), in frame);
        response.Fill(in outcomes);
        candidates.Return();
    }

    /// <summary>
    /// What <see cref="Evaluate(in Request, IEntities)"/> answers, found by looking at every policy: the index is tested and measured against it.
    /// </summary>
    internal Response EvaluateByScan(in Request request, IEntities entities)
    {
        var frame = new EvaluationFrame(in request, entities);
        var candidates = new CandidateList(stackalloc int[StackCandidates]);
        for (int i = 0; i < policies.Length; i++)
        {
            if (policies[i].ScopeMatches(in frame))
            {
                candidates.Add([i]);
            }
        }

        Response response = new Outcomes(policies, candidates.InOrder(), in frame).ToResponse();
        candidates.Return();
        return response;
    }
}
