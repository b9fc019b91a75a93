using AccessGov.Cedar;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>
/// Cedar skips a policy whose evaluation errs, also a forbid, so a missing attribute can open what a rule meant to close. Strict mode is the wrapper that fails
/// closed: a forbid whose scope matched and that could not be evaluated denies.
/// </summary>
internal static class StrictMode
{
    [ThreadStatic]
    private static ReusableResponse? responseOfThread;

    /// <param name="policies">The policies that decide.</param>
    /// <param name="request">The question.</param>
    /// <param name="entities">What is known for it.</param>
    /// <param name="obligations">What the policies demand along with a decision; null when nothing.</param>
    /// <param name="support">What the enforcement point carries out; null when it does not say.</param>
    public static Verdict Judge(
        CompiledPolicySet policies, in Request request, IEntities entities, ObligationRules? obligations = null, ObligationSupport? support = null)
    {
        ReusableResponse response = responseOfThread ??= new ReusableResponse();
        policies.Evaluate(request, entities, response);
        Verdict verdict = Judge(response);
        return obligations is null ? verdict : obligations.Apply(verdict, response, request, entities, support);
    }

    private static Verdict Judge(ReusableResponse response)
    {
        string[] errors = Ids(response.Errors, static _ => true);
        string[] unsure = errors.Length == 0 ? errors : Ids(response.Errors, static error => error.Effect == Effect.Forbid);
        return unsure.Length > 0 ? new Verdict(Permitted: false, Reasons.PolicyError, Reasons.Text(Reasons.PolicyError), unsure, errors)
            : response.SatisfiedForbids.Length > 0 ? Decided(permitted: false, Reasons.Forbidden, response.SatisfiedForbids, errors)
            : response.SatisfiedPermits.Length > 0 ? Decided(permitted: true, Reasons.Permitted, response.SatisfiedPermits, errors)
            : new Verdict(Permitted: false, Reasons.NotPermitted, Reasons.Text(Reasons.NotPermitted), [], errors);
    }

    /// <summary>What people call the policy: its @id where it has one. The engine itself gives that annotation no meaning.</summary>
    public static string IdOf(Policy policy) => policy.Annotations.TryGetValue("id", out string? id) ? id : policy.Id;

    private static string[] Ids(ReadOnlySpan<PolicyError> errors, Func<PolicyError, bool> counts)
    {
        if (errors.IsEmpty)
        {
            return [];
        }

        var ids = new List<string>(errors.Length);
        foreach (PolicyError error in errors)
        {
            if (counts(error))
            {
                ids.Add(IdOf(error.Policy));
            }
        }

        return [.. ids];
    }

    private static Verdict Decided(bool permitted, string reason, ReadOnlySpan<Policy> policies, string[] errors)
    {
        var ids = new string[policies.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = IdOf(policies[i]);
        }

        return new Verdict(
            permitted, reason, policies[0].Annotations.TryGetValue("reason", out string? text) ? text : Reasons.Text(reason), ids, errors);
    }
}
