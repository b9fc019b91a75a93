using AccessGov.Cedar;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>
/// Cedar skips a policy whose evaluation errs, also a forbid, so a missing attribute can open what a rule meant to close. Strict mode is the wrapper that fails
/// closed: a forbid whose scope matched and that could not be evaluated denies.
/// </summary>
internal static class StrictMode
{
    public static Verdict Judge(CompiledPolicySet policies, in Request request, IEntities entities)
    {
        Response response = policies.Evaluate(request, entities);
        if (response.Errors.Count == 0)
        {
            return Decided(response, []);
        }

        string[] errors = Ids(response.Errors.Select(error => error.Policy));
        string[] unsure = Ids(response.Errors.Where(error => error.Effect == Effect.Forbid).Select(error => error.Policy));
        return unsure.Length > 0
            ? new Verdict(Permitted: false, Reasons.PolicyError, Reasons.Text(Reasons.PolicyError), unsure, errors)
            : Decided(response, errors);
    }

    /// <summary>What people call the policies: their @id where they have one. The engine itself gives that annotation no meaning.</summary>
    public static string[] Ids(IEnumerable<Policy> policies) => [.. policies.Select(policy => policy.Annotations.GetValueOrDefault("id", policy.Id))];

    private static Verdict Decided(Response response, string[] errors) => response switch
    {
        { SatisfiedForbids: { Count: > 0 } forbids } => Decided(permitted: false, Reasons.Forbidden, forbids, errors),
        { SatisfiedPermits: { Count: > 0 } permits } => Decided(permitted: true, Reasons.Permitted, permits, errors),
        _ => new Verdict(Permitted: false, Reasons.NotPermitted, Reasons.Text(Reasons.NotPermitted), [], errors),
    };

    private static Verdict Decided(bool permitted, string reason, IReadOnlyList<Policy> policies, string[] errors) => new(
        permitted, reason, policies[0].Annotations.TryGetValue("reason", out string? text) ? text : Reasons.Text(reason),
        Ids(policies), errors);
}
