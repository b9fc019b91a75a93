namespace AccessGov.Cedar;

/// <summary>The requests to try: every principal with every action, resource and context.</summary>
public sealed record ShadowingOptions
{
    /// <summary>The principals; null for every entity of the data that is no action.</summary>
    public IReadOnlyList<EntityUid>? Principals { get; init; }

    /// <summary>The actions; null for every action of the data.</summary>
    public IReadOnlyList<EntityUid>? Actions { get; init; }

    /// <summary>The resources; null for every entity of the data that is no action.</summary>
    public IReadOnlyList<EntityUid>? Resources { get; init; }

    /// <summary>The contexts; null for the empty one. Policies that read the context need contexts that hold something.</summary>
    public IReadOnlyList<RecordValue>? Contexts { get; init; }

    /// <summary>How many requests are tried at most.</summary>
    public long RequestsMax { get; init; } = 1_000_000;

    /// <summary>Told the number of requests tried, now and then.</summary>
    public IProgress<long>? Progress { get; init; }
}

/// <summary>What was seen of one permit.</summary>
/// <param name="Policy">The permit.</param>
/// <param name="Satisfied">In how many of the tried requests it was satisfied.</param>
/// <param name="Forbidden">In how many of those some forbid was satisfied too.</param>
/// <param name="Forbids">Which forbids those were, each with its number of requests, in the order of the set.</param>
public sealed record PermitShadow(Policy Policy, long Satisfied, long Forbidden, IReadOnlyList<(Policy Forbid, long Requests)> Forbids)
{
    /// <summary>It was satisfied and never without a forbid: in the tried requests it has no effect.</summary>
    public bool IsShadowed => Satisfied > 0 && Forbidden == Satisfied;
}

/// <summary>What was seen of all permits over the requests that were tried.</summary>
/// <param name="Permits">Every permit, in the order of the set; one that was never satisfied has a count of 0, which proves nothing else.</param>
/// <param name="Requests">How many requests were tried.</param>
/// <param name="IsComplete">Whether that was all of them; when not, a shadow may have a hole that was not reached.</param>
public sealed record ShadowingReport(IReadOnlyList<PermitShadow> Permits, long Requests, bool IsComplete)
{
    /// <summary>The permits that were satisfied and never without a forbid.</summary>
    public IEnumerable<PermitShadow> Shadowed => Permits.Where(permit => permit.IsShadowed);
}

/// <summary>
/// Finds permits that forbids take all effect from, by trying requests over given data. Observed, not proven: for other entities,
/// contexts or attribute values a shadowed permit may well allow.
/// </summary>
public static class Shadowing
{
    private const int ProgressEvery = 4_096;

    /// <summary>Tries every request that <paramref name="options"/> describe, up to their bound, in a fixed order.</summary>
    /// <remarks>
    /// No policy and no data make it throw: what cannot be evaluated is not satisfied, and more requests than the bound make the report
    /// incomplete. It passes on what the <see cref="ShadowingOptions.Progress"/> throws.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ShadowingReport Find(
        PolicySet policies, EntityStore entities, ShadowingOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ShadowingOptions();
        CompiledPolicySet compiled = policies.Compile();
        var counts = new Dictionary<Policy, Counts>();
        long tried = 0;
        bool complete = true;
        foreach (Request request in Requests(entities, options))
        {
            if (tried == options.RequestsMax)
            {
                complete = false;
                break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            Count(compiled.Evaluate(in request, entities), counts);
            if (++tried % ProgressEvery == 0)
            {
                options.Progress?.Report(tried);
            }
        }

        options.Progress?.Report(tried);
        return new ShadowingReport([.. Permits(policies).Select(permit => Shadow(policies, permit, counts.GetValueOrDefault(permit)))], tried, complete);
    }

    private static IEnumerable<Policy> Permits(PolicySet policies) =>
        policies.Policies.Where(policy => policy.Effect == Effect.Permit && !policy.IsTemplate);

    private static IEnumerable<Request> Requests(EntityStore entities, ShadowingOptions options)
    {
        EntityUid[] others = [.. All(entities).Where(uid => !Names.IsActionType(uid.Type))];
        IReadOnlyList<EntityUid> actions = options.Actions ?? [.. All(entities).Where(uid => Names.IsActionType(uid.Type))];
        IReadOnlyList<RecordValue> contexts = options.Contexts ?? [RecordValue.Empty];
        foreach (EntityUid principal in options.Principals ?? others)
        {
            foreach (EntityUid action in actions)
            {
                foreach (EntityUid resource in options.Resources ?? others)
                {
                    foreach (RecordValue context in contexts)
                    {
                        yield return new Request(principal, action, resource, context);
                    }
                }
            }
        }
    }

    // A bounded run must mean the same requests each time.
    private static IEnumerable<EntityUid> All(EntityStore entities) =>
        entities.Entities.Select(entity => entity.Uid).OrderBy(uid => uid.Type, StringComparer.Ordinal).ThenBy(uid => uid.Id, StringComparer.Ordinal);

    private static void Count(Response response, Dictionary<Policy, Counts> counts)
    {
        foreach (Policy permit in response.SatisfiedPermits)
        {
            if (!counts.TryGetValue(permit, out Counts? own))
            {
                counts.Add(permit, own = new Counts());
            }

            own.Satisfied++;
            own.Forbidden += response.SatisfiedForbids.Count > 0 ? 1 : 0;
            foreach (Policy forbid in response.SatisfiedForbids)
            {
                own.ByForbid[forbid] = own.ByForbid.GetValueOrDefault(forbid) + 1;
            }
        }
    }

    private static PermitShadow Shadow(PolicySet policies, Policy permit, Counts? counts) => counts is null
        ? new PermitShadow(permit, 0, 0, [])
        : new PermitShadow(
            permit, counts.Satisfied, counts.Forbidden,
            [.. policies.Policies.Where(counts.ByForbid.ContainsKey).Select(forbid => (forbid, counts.ByForbid[forbid]))]);

    private sealed class Counts
    {
        public long Satisfied { get; set; }

        public long Forbidden { get; set; }

        public Dictionary<Policy, long> ByForbid { get; } = [];
    }
}
