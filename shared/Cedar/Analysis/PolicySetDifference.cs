namespace AccessGov.Cedar;

/// <summary>A request that was asked once, with the entities it was asked over.</summary>
public readonly record struct RecordedRequest(Request Request, IEntities Entities);

/// <summary>What differs between two answers to one request.</summary>
[Flags]
public enum AnswerDifferences
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Allowed before, denied after.</summary>
    AllowToDeny = 1,

    /// <summary>Denied before, allowed after.</summary>
    DenyToAllow = 2,

    /// <summary>The determining policies, compared by id.</summary>
    Reasons = 4,

    /// <summary>The policies in error, compared by id and kind of error.</summary>
    Errors = 8,
}

/// <summary>One request whose answers differ. <paramref name="Index"/> counts the recorded requests from 0.</summary>
public sealed record AnswerDifference(long Index, RecordedRequest Recorded, AnswerDifferences Differences, Response Before, Response After);

/// <summary>
/// How often a policy id was among the reasons and among the errors, before and after, and how often it was a reason on the one side
/// only of a changed decision.
/// </summary>
public sealed record PolicyDifference(string PolicyId, long ReasonBefore, long ReasonAfter, long ErrorBefore, long ErrorAfter, long DecisionsChanged);

/// <summary>What a comparison keeps and whom it tells.</summary>
public sealed record PolicySetDifferenceOptions
{
    /// <summary>How many differing requests are kept of each kind of difference; all are counted.</summary>
    public int KeptMax { get; init; } = 1_000;

    /// <summary>Told the number of requests compared, now and then.</summary>
    public IProgress<long>? Progress { get; init; }
}

/// <summary>
/// Two policy sets over recorded requests: what would have been answered otherwise. Observed over exactly these requests; it says
/// nothing about requests that were not recorded. Immutable.
/// </summary>
public sealed class PolicySetDifference
{
    private const int ProgressEvery = 1_024;
    private static readonly AnswerDifferences[] Kinds =
        [AnswerDifferences.AllowToDeny, AnswerDifferences.DenyToAllow, AnswerDifferences.Reasons, AnswerDifferences.Errors];

    private readonly Dictionary<AnswerDifferences, long> counts = [];
    private readonly Dictionary<AnswerDifferences, int> kept = [];
    private readonly List<AnswerDifference> differences = [];
    private readonly SortedDictionary<string, PolicyDifference> policies = new(StringComparer.Ordinal);

    private PolicySetDifference()
    {
    }

    /// <summary>How many requests were compared.</summary>
    public long Requests { get; private set; }

    /// <summary>How many were answered differently in any way.</summary>
    public long Changed { get; private set; }

    /// <summary>How many were allowed before and are denied after.</summary>
    public long AllowToDeny => Count(AnswerDifferences.AllowToDeny);

    /// <summary>How many were denied before and are allowed after.</summary>
    public long DenyToAllow => Count(AnswerDifferences.DenyToAllow);

    /// <summary>In how many the determining policies differ.</summary>
    public long ReasonsChanged => Count(AnswerDifferences.Reasons);

    /// <summary>In how many the policies in error differ.</summary>
    public long ErrorsChanged => Count(AnswerDifferences.Errors);

    /// <summary>The differing requests in their order, of each kind of difference the first ones up to the bound.</summary>
    public IReadOnlyList<AnswerDifference> Differences => differences;

    /// <summary>Counts by policy id for every policy that was ever a reason or in error, ordered by id.</summary>
    public IReadOnlyCollection<PolicyDifference> Policies => policies.Values;

    /// <summary>Evaluates every recorded request with both sets.</summary>
    /// <remarks>
    /// No policy, request or data make it throw: an error of an evaluation is compared like an answer, and however many requests there are,
    /// only <see cref="PolicySetDifferenceOptions.KeptMax"/> of each kind are kept. It passes on what the sequence of requests, or the
    /// <see cref="PolicySetDifferenceOptions.Progress"/>, throws.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static PolicySetDifference Compare(
        PolicySet before, PolicySet after, IEnumerable<RecordedRequest> requests, PolicySetDifferenceOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new PolicySetDifferenceOptions();
        (CompiledPolicySet old, CompiledPolicySet @new) = (before.Compile(), after.Compile());
        var difference = new PolicySetDifference();
        foreach (RecordedRequest recorded in requests)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Request request = recorded.Request;
            difference.Add(recorded, old.Evaluate(in request, recorded.Entities), @new.Evaluate(in request, recorded.Entities), options.KeptMax);
            if (difference.Requests % ProgressEvery == 0)
            {
                options.Progress?.Report(difference.Requests);
            }
        }

        options.Progress?.Report(difference.Requests);
        return difference;
    }

    private long Count(AnswerDifferences kind) => counts.GetValueOrDefault(kind);

    private void Add(RecordedRequest recorded, Response before, Response after, int keptMax)
    {
        AnswerDifferences found = Compare(before, after);
        Tally(before, after);
        long index = Requests++;
        if (found == AnswerDifferences.None)
        {
            return;
        }

        Changed++;
        bool keep = false;
        foreach (AnswerDifferences kind in Kinds.Where(kind => found.HasFlag(kind)))
        {
            counts[kind] = Count(kind) + 1;
            keep |= kept.GetValueOrDefault(kind) < keptMax;
        }

        if (keep)
        {
            differences.Add(new AnswerDifference(index, recorded, found, before, after));
            foreach (AnswerDifferences kind in Kinds.Where(kind => found.HasFlag(kind)))
            {
                kept[kind] = kept.GetValueOrDefault(kind) + 1;
            }
        }
    }

    private static AnswerDifferences Compare(Response before, Response after)
    {
        AnswerDifferences found = (before.Decision, after.Decision) switch
        {
            (Decision.Allow, Decision.Deny) => AnswerDifferences.AllowToDeny,
            (Decision.Deny, Decision.Allow) => AnswerDifferences.DenyToAllow,
            _ => AnswerDifferences.None,
        };
        found |= Reasons(before).SetEquals(Reasons(after)) ? AnswerDifferences.None : AnswerDifferences.Reasons;
        return found | (Errors(before).SetEquals(Errors(after)) ? AnswerDifferences.None : AnswerDifferences.Errors);
    }

    private static HashSet<string> Reasons(Response response) => [.. response.Reasons.Select(policy => policy.Id)];

    private static HashSet<(string, EvaluationErrorKind)> Errors(Response response) =>
        [.. response.Errors.Select(error => (error.Policy.Id, error.Error.Kind))];

    private void Tally(Response before, Response after)
    {
        HashSet<string> old = Reasons(before);
        HashSet<string> @new = Reasons(after);
        foreach (string id in old)
        {
            Update(id, policy => policy with { ReasonBefore = policy.ReasonBefore + 1 });
        }

        foreach (string id in @new)
        {
            Update(id, policy => policy with { ReasonAfter = policy.ReasonAfter + 1 });
        }

        foreach (string id in before.Decision == after.Decision ? [] : old.Union(@new).Where(id => old.Contains(id) != @new.Contains(id)))
        {
            Update(id, policy => policy with { DecisionsChanged = policy.DecisionsChanged + 1 });
        }

        foreach (PolicyError error in before.Errors)
        {
            Update(error.Policy.Id, policy => policy with { ErrorBefore = policy.ErrorBefore + 1 });
        }

        foreach (PolicyError error in after.Errors)
        {
            Update(error.Policy.Id, policy => policy with { ErrorAfter = policy.ErrorAfter + 1 });
        }
    }

    private void Update(string id, Func<PolicyDifference, PolicyDifference> change) =>
        policies[id] = change(policies.GetValueOrDefault(id) ?? new PolicyDifference(id, 0, 0, 0, 0, 0));
}
