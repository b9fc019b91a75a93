using System.Collections.Frozen;
using System.Collections.Immutable;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Obligations;

/// <summary>
/// Which obligations a decision has. A denial has those of the forbids that made it. A permit has those of one satisfied permit, the one with the lightest burden
/// (the least sum of weights, then the first id), and those of every satisfied policy of the files *.obligations, whose permits never grant. Immutable.
/// </summary>
internal sealed class ObligationRules
{
    [ThreadStatic]
    private static ReusableResponse? responseOfThread;

    private readonly FrozenDictionary<Policy, ImmutableArray<ObligationTemplate>> ofPolicy;
    private readonly FrozenSet<Policy> remedied;
    private readonly CompiledPolicySet? attaching;

    private ObligationRules(Dictionary<Policy, ImmutableArray<ObligationTemplate>> ofPolicy, FrozenSet<Policy> remedied, CompiledPolicySet? attaching)
    {
        this.ofPolicy = ofPolicy.ToFrozenDictionary();
        this.remedied = remedied;
        this.attaching = attaching;
    }

    /// <summary>The rules of a policy set; null when no policy demands anything, so that its decisions do not even look.</summary>
    public static ObligationRules? Of(PolicySet policies, PolicySet attaching, ObligationAnnotations annotations)
    {
        var demands = new Dictionary<Policy, ImmutableArray<ObligationTemplate>>();
        foreach ((Policy policy, bool attaches) in policies.Policies.Select(policy => (policy, false)).Concat(attaching.Policies.Select(policy => (policy, true))))
        {
            if (annotations.Of(policy, attaches) is { IsEmpty: false } demanded)
            {
                demands.Add(policy, demanded);
            }
        }

        return demands.Count == 0 ? null : new ObligationRules(
            demands, policies.Policies.Where(ObligationAnnotations.IsRemedied).ToFrozenSet(), attaching.Policies.Count > 0 ? attaching.Compile() : null);
    }

    /// <summary>The verdict with its obligations. Only a permit whose obligations the enforcement point does not carry out becomes a denial.</summary>
    public Verdict Apply(Verdict verdict, ReusableResponse response, in Request request, IEntities entities, ObligationSupport? support)
    {
        if (!verdict.Permitted)
        {
            return OnDenial(verdict, response);
        }

        Policy? lightest = Lightest(response.SatisfiedPermits, support);
        ImmutableArray<ObligationTemplate> demanded = lightest is null ? [] : Of(lightest);
        if (attaching is null)
        {
            return lightest is null ? Unsupported(verdict, response.SatisfiedPermits) : demanded.IsEmpty ? verdict : verdict with { Obligations = demanded };
        }

        ReusableResponse attached = responseOfThread ??= new ReusableResponse();
        attaching.Evaluate(request, entities, attached);
        if (lightest is not null && attached.SatisfiedPermits.IsEmpty && attached.Errors.IsEmpty)
        {
            return demanded.IsEmpty ? verdict : verdict with { Obligations = demanded };
        }

        return WithAttached(verdict, response, lightest, attached, support);
    }

    private Verdict WithAttached(Verdict verdict, ReusableResponse response, Policy? lightest, ReusableResponse attached, ObligationSupport? support)
    {
        var all = new SortedDictionary<string, ObligationTemplate>(StringComparer.Ordinal);
        var unsupported = new List<Policy>(lightest is null ? response.SatisfiedPermits.ToArray() : []);
        var errors = new List<string>(verdict.Errors);
        Add(lightest);
        foreach (Policy policy in attached.SatisfiedPermits)
        {
            Add(policy);
        }

        foreach (PolicyError error in attached.Errors)
        {
            // Nobody knows whether it applies: an obligation too many is better than one that is missing.
            Add(error.Policy);
            errors.Add(StrictMode.IdOf(error.Policy));
        }

        return unsupported.Count > 0
            ? Unsupported(verdict with { Errors = errors }, unsupported.ToArray())
            : verdict with { Obligations = [.. all.Values], Errors = errors };

        void Add(Policy? policy)
        {
            if (policy is null)
            {
                return;
            }

            ImmutableArray<ObligationTemplate> demanded = Of(policy);
            if (support?.Covers(demanded) == false)
            {
                unsupported.Add(policy);
            }

            foreach (ObligationTemplate template in demanded)
            {
                all.TryAdd(template.Id, template);
            }
        }
    }

    private Verdict OnDenial(Verdict verdict, ReusableResponse response)
    {
        SortedDictionary<string, ObligationTemplate>? all = null;
        bool helps = verdict.Reason == Reasons.Forbidden && !response.SatisfiedPermits.IsEmpty;
        foreach (Policy forbid in response.SatisfiedForbids)
        {
            helps = helps && remedied.Contains(forbid);
        }

        foreach (Policy forbid in response.SatisfiedForbids)
        {
            foreach (ObligationTemplate template in Of(forbid))
            {
                if (helps || template.Type != ObligationTypes.StepUp)
                {
                    (all ??= new SortedDictionary<string, ObligationTemplate>(StringComparer.Ordinal)).TryAdd(template.Id, template);
                }
            }
        }

        return all is null ? verdict : verdict with { Obligations = [.. all.Values] };
    }

    /// <summary>Null when the enforcement point carries out those of no permit.</summary>
    private Policy? Lightest(ReadOnlySpan<Policy> permits, ObligationSupport? support)
    {
        Policy? lightest = null;
        int least = int.MaxValue;
        foreach (Policy permit in permits)
        {
            ImmutableArray<ObligationTemplate> demanded = Of(permit);
            if (demanded.IsEmpty)
            {
                return permit;
            }

            int burden = demanded.Sum(template => template.Weight);
            if ((burden < least || (burden == least && string.CompareOrdinal(permit.Id, lightest!.Id) < 0)) && support?.Covers(demanded) != false)
            {
                (lightest, least) = (permit, burden);
            }
        }

        return lightest;
    }

    private ImmutableArray<ObligationTemplate> Of(Policy policy) => ofPolicy.GetValueOrDefault(policy, []);

    private static Verdict Unsupported(Verdict verdict, ReadOnlySpan<Policy> demanding)
    {
        var ids = new string[demanding.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = StrictMode.IdOf(demanding[i]);
        }

        return Verdict.Refused(Reasons.ObligationUnsupported) with { Policies = ids, Errors = verdict.Errors };
    }
}
