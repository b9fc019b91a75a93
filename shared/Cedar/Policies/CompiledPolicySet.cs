using System.Buffers;
using System.Numerics;

namespace AccessGov.Cedar;

/// <summary>
/// A policy set as delegates behind an index by principal, action and resource. Immutable, without locks: any number of threads may
/// evaluate at once, and a new set replaces an old one by one assignment.
/// </summary>
public sealed class CompiledPolicySet
{
    // Bits for this many policies lie on the stack, for more in rented arrays.
    private const int StackWords = 64;

    private readonly CompiledPolicy[] policies;
    private readonly int words;
    private readonly ScopeIndex principals;
    private readonly ScopeIndex actions;
    private readonly ScopeIndex resources;

    internal CompiledPolicySet(PolicySet source)
    {
        Source = source;
        policies = [.. source.Policies.Where(policy => !policy.IsTemplate).Select(policy => new CompiledPolicy(policy))];
        words = (policies.Length + 63) / 64;
        principals = new ScopeIndex(words);
        actions = new ScopeIndex(words);
        resources = new ScopeIndex(words);
        for (int i = 0; i < policies.Length; i++)
        {
            PolicyTree tree = policies[i].Policy.Tree;
            principals.Add(i, tree.Principal);
            actions.Add(i, tree.Action);
            resources.Add(i, tree.Resource);
        }
    }

    /// <summary>The policies this was compiled from.</summary>
    public PolicySet Source { get; }

    /// <summary>Decides by plain Cedar's rules. An evaluation error is part of the response, never an exception.</summary>
    public Response Evaluate(in Request request, IEntities entities)
    {
        var frame = new EvaluationFrame(in request, entities);
        if (words <= StackWords)
        {
            return Evaluate(in frame, stackalloc ulong[2 * words]);
        }

        ulong[] rented = ArrayPool<ulong>.Shared.Rent(2 * words);
        Response response = Evaluate(in frame, rented.AsSpan(0, 2 * words));
        ArrayPool<ulong>.Shared.Return(rented);
        return response;
    }

    private Response Evaluate(in EvaluationFrame frame, Span<ulong> bits)
    {
        Span<ulong> candidates = bits[..words];
        SelectCandidates(in frame, candidates, bits[words..]);
        var considered = default(Collector<Policy>);
        var permits = default(Collector<Policy>);
        var forbids = default(Collector<Policy>);
        var errors = default(Collector<PolicyError>);
        for (int word = 0; word < candidates.Length; word++)
        {
            for (ulong left = candidates[word]; left != 0; left &= left - 1)
            {
                CompiledPolicy policy = policies[(word << 6) + BitOperations.TrailingZeroCount(left)];
                if (!policy.ScopeMatches(in frame))
                {
                    continue;
                }

                considered.Add(policy.Policy);
                Value outcome = policy.Evaluate(in frame);
                if (outcome is Failure failure)
                {
                    errors.Add(new PolicyError(policy.Policy, failure.Error));
                }
                else if (ReferenceEquals(outcome, BoolValue.True))
                {
                    if (policy.Policy.Effect == Effect.Permit)
                    {
                        permits.Add(policy.Policy);
                    }
                    else
                    {
                        forbids.Add(policy.Policy);
                    }
                }
            }
        }

        return new Response(considered.ToArray(), permits.ToArray(), forbids.ToArray(), errors.ToArray());
    }

    private void SelectCandidates(in EvaluationFrame frame, Span<ulong> candidates, Span<ulong> scratch)
    {
        actions.Fill(candidates, frame.Action);
        if (actions.HasGroups)
        {
            // An action is in itself, and in whatever the entity data puts it.
            actions.AddGroup(candidates, frame.Action);
            if (frame.ActionEntity is { Parents.Count: > 0 })
            {
                foreach (EntityUid group in frame.Entities.AncestorsOf(frame.Action))
                {
                    actions.AddGroup(candidates, group);
                }
            }
        }

        principals.Fill(scratch, frame.Principal);
        And(candidates, scratch);
        resources.Fill(scratch, frame.Resource);
        And(candidates, scratch);
    }

    private static void And(Span<ulong> bits, Span<ulong> others)
    {
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] &= others[i];
        }
    }

    /// <summary>A list that costs nothing while it is empty.</summary>
    private struct Collector<T>
    {
        private T[]? items;
        private int count;

        public void Add(T item)
        {
            if (items is null)
            {
                items = new T[4];
            }
            else if (count == items.Length)
            {
                Array.Resize(ref items, count * 2);
            }

            items[count++] = item;
        }

        public readonly T[] ToArray() => items is null ? [] : items.Length == count ? items : items.AsSpan(0, count).ToArray();
    }
}
