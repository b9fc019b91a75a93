using System.Runtime.InteropServices;

namespace AccessGov.Cedar;

/// <summary>
/// For one variable of the scope: which policies can match a given uid, as bits. Policies that do not constrain the variable by uid or
/// type lie in a mask that is always taken; the others are listed by what they name.
/// </summary>
internal sealed class ScopeIndex(int words)
{
    private readonly ulong[] always = new ulong[words];
    private readonly Dictionary<EntityUid, List<int>> byUid = [];
    private readonly Dictionary<EntityUid, List<int>> byGroup = [];
    private readonly Dictionary<string, List<int>> byType = new(StringComparer.Ordinal);

    /// <summary>Whether some policy names a group that the uid may be in; only then <see cref="AddGroup"/> finds anything.</summary>
    public bool HasGroups => byGroup.Count > 0;

    public void Add(int policy, EntityScope scope)
    {
        switch (scope.Operator)
        {
            case ScopeOperator.Equal:
                List(byUid, scope.Entity!).Add(policy);
                break;
            case ScopeOperator.Is or ScopeOperator.IsIn:
                List(byType, scope.EntityType!).Add(policy);
                break;
            default:
                Set(always, policy);
                break;
        }
    }

    public void Add(int policy, ActionScope scope)
    {
        if (scope.Operator == ScopeOperator.Any)
        {
            Set(always, policy);
        }

        foreach (EntityUid uid in scope.Entities)
        {
            List(scope.Operator == ScopeOperator.Equal ? byUid : byGroup, uid).Add(policy);
        }
    }

    public void Fill(Span<ulong> bits, EntityUid uid)
    {
        always.CopyTo(bits);
        if (byUid.TryGetValue(uid, out List<int>? named))
        {
            Set(bits, named);
        }

        if (byType.Count > 0 && byType.TryGetValue(uid.Type, out List<int>? typed))
        {
            Set(bits, typed);
        }
    }

    public void AddGroup(Span<ulong> bits, EntityUid group)
    {
        if (byGroup.TryGetValue(group, out List<int>? named))
        {
            Set(bits, named);
        }
    }

    private static List<int> List<TKey>(Dictionary<TKey, List<int>> lists, TKey key)
        where TKey : notnull
    {
        ref List<int>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(lists, key, out _);
        return list ??= [];
    }

    private static void Set(Span<ulong> bits, List<int> policies)
    {
        foreach (int policy in CollectionsMarshal.AsSpan(policies))
        {
            Set(bits, policy);
        }
    }

    private static void Set(Span<ulong> bits, int policy) => bits[policy >> 6] |= 1UL << (policy & 63);
}
