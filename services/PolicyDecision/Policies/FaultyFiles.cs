using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>The refusal of a policy set, with everything that is wrong in its files.</summary>
internal sealed class FaultyFiles(Refusal refusal, IReadOnlyList<PolicyFault> faults) : IResult
{
    private const int ListedMax = 200;

    public Task ExecuteAsync(HttpContext httpContext) => Results.Problem(
        type: $"urn:accessgov:{Refusals.Service}:{refusal.Code}", title: refusal.Code.Replace('_', ' '), detail: refusal.Sentence,
        statusCode: Refusals.StatusOf(refusal.Code),
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["errors"] = faults.Take(ListedMax).Select(fault => new { fault.Code, fault.File, fault.Line, fault.Column, fault.Sentence }),
        }).ExecuteAsync(httpContext);
}
