using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>What became of a policy.</summary>
public enum PolicyOutcome
{
    /// <summary>Its scope did not match, so its conditions were not evaluated.</summary>
    ScopeFailed,

    /// <summary>It was satisfied.</summary>
    True,

    /// <summary>Its scope matched, a condition did not.</summary>
    False,

    /// <summary>A condition could not be evaluated; Cedar skips the policy.</summary>
    Error,
}

/// <summary>One policy in one evaluation, node by node. Immutable.</summary>
public sealed class PolicyExplanation
{
    private readonly Value outcome;

    internal PolicyExplanation(
        Policy policy, bool matched, Value outcome, ExplanationNode principal, ExplanationNode action, ExplanationNode resource, ExplanationNode[] conditions)
    {
        Policy = policy;
        this.outcome = outcome;
        (Principal, Action, Resource, Conditions) = (principal, action, resource, conditions);
        Outcome = !matched ? PolicyOutcome.ScopeFailed
            : outcome is Failure ? PolicyOutcome.Error
            : ReferenceEquals(outcome, BoolValue.True) ? PolicyOutcome.True
            : PolicyOutcome.False;
    }

    /// <summary>The policy.</summary>
    public Policy Policy { get; }

    /// <summary>What became of it: by walking its tree, independently of the compiled policy set.</summary>
    public PolicyOutcome Outcome { get; }

    /// <summary>The error, when there is one; its message is replaced when it could hold a value that may not be shown.</summary>
    public EvaluationError? Error => outcome is Failure
        ? Conditions.First(condition => ReferenceEquals(condition.Raw, outcome)).ShownError
        : null;

    /// <summary>The constraint on the principal; true where there is none.</summary>
    public ExplanationNode Principal { get; }

    /// <summary>The constraint on the action; true where there is none.</summary>
    public ExplanationNode Action { get; }

    /// <summary>The constraint on the resource; true where there is none.</summary>
    public ExplanationNode Resource { get; }

    /// <summary>The <c>when</c> and <c>unless</c> clauses in order, each true when it let the policy pass.</summary>
    public IReadOnlyList<ExplanationNode> Conditions { get; }

    /// <summary>Scope and conditions in the order of evaluation.</summary>
    internal IReadOnlyList<ExplanationNode> Nodes => [Principal, Action, Resource, .. Conditions];
}

/// <summary>A permit that did not come true, and what stood in its way.</summary>
/// <param name="Policy">The permit.</param>
/// <param name="Failing">
/// The leaves that would have to be otherwise, in the order of the text, alternatives included, also those that Cedar did not reach.
/// </param>
/// <param name="DataToChange">How many data would have to change at least; a datum asked for twice counts once.</param>
/// <param name="Fixed">How many leaves no datum can change: a principal that is somebody else, a constant.</param>
/// <param name="IsCut">Whether there are more failing leaves than the options ask for.</param>
public sealed record NearPermit(Policy Policy, IReadOnlyList<ExplanationLeaf> Failing, int DataToChange, int Fixed, bool IsCut);

/// <summary>A forbid that came true, and the leaves that made it so, those of its scope among them.</summary>
public sealed record SatisfiedForbid(Policy Policy, IReadOnlyList<ExplanationLeaf> Causes, bool IsCut);

/// <summary>
/// Changes with which the same policy set allows the request: this was computed by evaluating again, over exactly these changes and
/// nothing else. It is no advice: that a change would be possible or right is not known here.
/// </summary>
public sealed class Counterfactual
{
    private readonly ChangeSet changes;

    internal Counterfactual(ChangeSet changes) => this.changes = changes;

    /// <summary>The changes, all of them needed as far as the bound on evaluations let that be tried.</summary>
    public IReadOnlyList<Change> Changes => changes.Changes;

    /// <summary>The request and the entities after the changes. They hold values that the options may have hidden.</summary>
    public (Request Request, IEntities Entities) ApplyTo(in Request request, IEntities entities) =>
        ChangedWorld.Apply(changes, request, entities)
        ?? throw new ArgumentException("The changes do not fit this request and these entities.", nameof(request));

    /// <summary>The changes in words.</summary>
    public override string ToString() => string.Join(" and ", Changes);
}

/// <summary>
/// Why a request was allowed or denied. Immutable. <see cref="Response"/> is the plain response: messages of errors in it are not
/// redacted; the trees, leaves, changes and both written forms are.
/// </summary>
public sealed class Explanation
{
    internal Explanation(Request request, Response response)
    {
        Request = request;
        Response = response;
    }

    /// <summary>The question.</summary>
    public Request Request { get; }

    /// <summary>The answer of the compiled policy set.</summary>
    public Response Response { get; }

    /// <summary>The policies whose scope matched, or all when the options ask so, in the order of the set.</summary>
    public IReadOnlyList<PolicyExplanation> Policies { get; internal init; } = [];

    /// <summary>
    /// For a denial without a satisfied permit: the permits for this action and these types, nearest first (fewest leaves that nothing
    /// can change, then fewest data to change, then order of the set). Otherwise empty.
    /// </summary>
    public IReadOnlyList<NearPermit> NearestPermits { get; internal init; } = [];

    /// <summary>The satisfied forbids.</summary>
    public IReadOnlyList<SatisfiedForbid> SatisfiedForbids { get; internal init; } = [];

    /// <summary>For a denial: sets of changes that allow it, smallest first. An empty list proves nothing: only what failing leaves suggest is tried.</summary>
    public IReadOnlyList<Counterfactual> Counterfactuals { get; internal init; } = [];

    /// <summary>How often the policy set was evaluated to look for counterfactuals.</summary>
    public int Evaluations { get; internal init; }

    /// <summary>Whether the bound on evaluations, or one on proposals, cut the search short, so that there may be more counterfactuals, or smaller ones.</summary>
    public bool EvaluationsBoundReached { get; internal init; }

    /// <summary>Writes the explanation as one JSON object with keys in camelCase.</summary>
    public void WriteJson(Utf8JsonWriter writer) => ExplanationJson.Write(writer, this);

    /// <summary>The explanation for a terminal: trees with ✓ true, ✗ false, ! error, = value and · not reached.</summary>
    /// <param name="placeOf">Where a policy stands; its <see cref="Policy.Position"/> unless given, which says nothing of a policy that was read from JSON.</param>
    public string ToText(Func<Policy, string>? placeOf = null) => ExplanationReport.Write(this, placeOf);
}
