namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>What stands behind the AuthZEN endpoints: the hospital's facts, or a data directory in standalone mode.</summary>
internal interface IDecisionPoint
{
    /// <summary>Decides one request and remembers the decision before it answers.</summary>
    ValueTask<EvaluationAnswer> EvaluateAsync(AuthZenRequest request, EnforcementPoint caller, CancellationToken cancellation);

    /// <summary>Decides requests in their order until one is the last, or all of them where none can be (null), and remembers them together.</summary>
    ValueTask<IReadOnlyList<EvaluationAnswer>> EvaluateAllAsync(
        IReadOnlyList<BatchItem> items, Func<EvaluationAnswer, bool>? isLast, EnforcementPoint caller, CancellationToken cancellation);
}

/// <summary>The policy enforcement point that asks, and the X-Request-ID of its request.</summary>
internal readonly record struct EnforcementPoint(string Client, string? RequestId);

/// <summary>One item of a batch: a request, or the sentence that says why it is none.</summary>
internal readonly record struct BatchItem(AuthZenRequest? Request, string? Error);
