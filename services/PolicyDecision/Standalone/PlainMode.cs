using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Standalone;

/// <summary>Plain Cedar semantics, for conformance: a policy whose evaluation errs is skipped, also a forbid.</summary>
internal static class PlainMode
{
    public static Verdict Judge(CompiledPolicySet policies, in Request request, IEntities entities)
    {
        Response response = policies.Evaluate(request, entities);
        bool permitted = response.Decision == Decision.Allow;
        string reason = permitted ? Reasons.Permitted : response.SatisfiedForbids.Count > 0 ? Reasons.Forbidden : Reasons.NotPermitted;
        return new Verdict(
            permitted, reason, Reasons.Text(reason), [.. response.Reasons.Select(StrictMode.IdOf)],
            [.. response.Errors.Select(error => StrictMode.IdOf(error.Policy))]);
    }
}
