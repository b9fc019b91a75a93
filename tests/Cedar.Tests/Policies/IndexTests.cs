using System.Globalization;
using System.Text;

namespace AccessGov.Cedar.Tests.Policies;

public sealed class IndexTests
{
    [Fact]
    public void The_index_answers_every_request_as_a_scan_of_all_policies_does()
    {
        int considered = 0;
        for (int seed = 0; seed < 1_500; seed++)
        {
            var random = new RandomAuthorization(seed);
            CompiledPolicySet compiled = PolicySet.Parse(random.Policies).Compile();
            var reused = new ReusableResponse();
            for (int i = 0; i < 20; i++)
            {
                Request request = random.Request();
                IEntities entities = i % 2 == 0 ? random.Store : random.Overlaid();
                Response scanned = compiled.EvaluateByScan(request, entities);
                considered += scanned.Considered.Count;

                compiled.Evaluate(request, entities, reused);

                string context = $"seed {seed}, {request}, policies:\n{random.Policies}";
                Describe(compiled.Evaluate(request, entities)).ShouldBe(Describe(scanned), context);
                Describe(reused).ShouldBe(Describe(scanned), context);
            }
        }

        considered.ShouldBeGreaterThan(30_000);
    }

    [Fact]
    public void Reasons_keep_the_order_of_the_set_whatever_way_of_the_index_leads_to_them()
    {
        EntityStore entities = EntityStore.Create([new Entity(Cedar.Alice, null, [new EntityUid("Group", "staff")])]);

        Response response = Cedar.Evaluate(
            """
            permit(principal in Group::"staff", action, resource);
            permit(principal, action == Action::"view", resource is Photo);
            permit(principal is User, action, resource);
            permit(principal == User::"alice", action in [Action::"view", Action::"edit"], resource);
            permit(principal, action, resource == Photo::"sea");
            permit(principal is User in Group::"staff", action == Action::"view", resource);
            """,
            entities);

        response.Reasons.Select(policy => policy.Id).ShouldBe(["policy0", "policy1", "policy2", "policy3", "policy4", "policy5"]);
    }

    [Fact]
    public void A_policy_that_a_list_of_actions_reaches_in_many_ways_counts_once()
    {
        EntityStore entities = EntityStore.Create(
        [
            new Entity(Cedar.View, null, [new EntityUid("Action", "read"), new EntityUid("Action", "any")]),
        ]);

        Response response = Cedar.Evaluate(
            """permit(principal, action in [Action::"any", Action::"view", Action::"view", Action::"read"], resource);""", entities);

        response.Considered.ShouldHaveSingleItem();
        response.Reasons.ShouldHaveSingleItem();
    }

    [Fact]
    public void Somebody_in_more_groups_than_the_policies_name_and_in_fewer_is_found_alike()
    {
        EntityUid[] groups = [.. Enumerable.Range(0, 300).Select(i => new EntityUid("Group", $"g{i}"))];
        EntityStore inAll = EntityStore.Create([new Entity(Cedar.Alice, null, groups)]);
        EntityStore inOne = EntityStore.Create([new Entity(Cedar.Alice, null, groups[7..8])]);
        string one = """permit(principal in Group::"g7", action, resource);""";
        string many = string.Concat(groups.Select(group => $"permit(principal in {group}, action, resource);\n"));

        Cedar.Evaluate(one, inAll).Reasons.Count.ShouldBe(1);
        Cedar.Evaluate(one, inOne).Reasons.Count.ShouldBe(1);
        Cedar.Evaluate(many, inOne).Reasons.ShouldHaveSingleItem().Id.ShouldBe("policy7");

        // More candidates than fit on the stack.
        Cedar.Evaluate(many, inAll).Reasons.Select(policy => policy.Id).ShouldBe(Enumerable.Range(0, 300).Select(i => $"policy{i}"));
    }

    [Fact]
    public void Entities_may_be_any_list_of_ancestors()
    {
        CompiledPolicySet compiled = PolicySet.Parse("""permit(principal in Group::"staff", action in Action::"read", resource in Album::"holiday");""").Compile();
        var request = new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Empty);
        EntityUid[] above = [new EntityUid("Group", "staff"), new EntityUid("Action", "read"), new EntityUid("Album", "holiday")];

        compiled.Evaluate(request, new Everywhere(above)).Decision.ShouldBe(Decision.Allow);
        compiled.Evaluate(request, new Everywhere([.. above.ToList()])).Decision.ShouldBe(Decision.Allow);
        compiled.Evaluate(request, new Everywhere(new LinkedListOfUids(above))).Decision.ShouldBe(Decision.Allow);
        compiled.Evaluate(request, new Everywhere([])).Decision.ShouldBe(Decision.Deny);
    }

    [Fact]
    public void A_warm_evaluation_into_a_reusable_response_allocates_nothing()
    {
        EntityStore entities = EntityStore.Create(
        [
            new Entity(Cedar.Alice, RecordValue.Of(("role", Value.Of("nurse")), ("level", Value.Of(3))), [new EntityUid("Group", "staff")]),
            new Entity(Cedar.Photo, RecordValue.Of(("owner", Cedar.Alice)), [new EntityUid("Album", "holiday")]),
        ]);
        CompiledPolicySet compiled = PolicySet.Parse(
            """
            permit(principal in Group::"staff", action == Action::"view", resource in Album::"holiday") when { resource.owner == principal };
            permit(principal is User, action in [Action::"view", Action::"edit"], resource is Photo) when { principal.role == "nurse" && principal.level >= 2 };
            permit(principal, action, resource) when { ["nurse", "doctor"].contains(principal.role) && principal in [Group::"staff", Group::"other"] };
            forbid(principal, action, resource) when { context has emergency && !context.emergency };
            forbid(principal, action, resource) when { principal.level + 1 > 900 || context.ip.isLoopback() || "a*" == principal.role };
            forbid(principal, action, resource == Photo::"sea") unless { principal.role like "n*e" };
            """).Compile();
        var request = new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Of(("ip", IpAddressValue.From(System.Net.IPAddress.Parse("10.0.0.1")))));
        var response = new ReusableResponse();
        for (int i = 0; i < 200; i++)
        {
            compiled.Evaluate(request, entities, response);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            compiled.Evaluate(request, entities, response);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        response.Decision.ShouldBe(Decision.Allow);
        response.Reasons.Length.ShouldBe(3);
    }

    [Fact]
    public void A_reusable_response_forgets_the_request_before()
    {
        CompiledPolicySet compiled = PolicySet.Parse(
            """
            permit(principal == User::"alice", action, resource);
            permit(principal == User::"alice", action, resource);
            forbid(principal == User::"bob", action, resource);
            permit(principal == User::"carol", action, resource) when { 1 };
            """).Compile();
        var response = new ReusableResponse();
        response.Decision.ShouldBe(Decision.Deny);
        Request Of(string user) => new(new EntityUid("User", user), Cedar.View, Cedar.Photo, RecordValue.Empty);

        compiled.Evaluate(Of("alice"), EntityStore.Empty, response);
        Describe(response).ShouldBe("Allow considered policy0 policy1 permits policy0 policy1 forbids errors; reasons policy0 policy1");
        compiled.Evaluate(Of("carol"), EntityStore.Empty, response);
        Describe(response).ShouldBe("Deny considered policy3 permits forbids errors policy3:TypeError; reasons");
        compiled.Evaluate(Of("bob"), EntityStore.Empty, response);
        Describe(response).ShouldBe("Deny considered policy2 permits forbids policy2 errors; reasons policy2");
        compiled.Evaluate(Of("nobody"), EntityStore.Empty, response);
        Describe(response).ShouldBe("Deny considered permits forbids errors; reasons");
    }

    internal static string Describe(Response response) => Describe(
        response.Decision, [.. response.Considered], [.. response.SatisfiedPermits], [.. response.SatisfiedForbids], [.. response.Errors], [.. response.Reasons]);

    internal static string Describe(ReusableResponse response) => Describe(
        response.Decision, response.Considered, response.SatisfiedPermits, response.SatisfiedForbids, response.Errors, response.Reasons);

    private static string Describe(
        Decision decision, ReadOnlySpan<Policy> considered, ReadOnlySpan<Policy> permits, ReadOnlySpan<Policy> forbids,
        ReadOnlySpan<PolicyError> errors, ReadOnlySpan<Policy> reasons)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{decision} considered");
        Append(text, considered);
        Append(text.Append(" permits"), permits);
        Append(text.Append(" forbids"), forbids);
        text.Append(" errors");
        foreach (PolicyError error in errors)
        {
            text.Append(CultureInfo.InvariantCulture, $" {error.Policy.Id}:{error.Error.Kind}");
        }

        Append(text.Append("; reasons"), reasons);
        return text.ToString();
    }

    private static void Append(StringBuilder text, ReadOnlySpan<Policy> policies)
    {
        foreach (Policy policy in policies)
        {
            text.Append(' ').Append(policy.Id);
        }
    }

    /// <summary>Everything is in the same groups.</summary>
    private sealed class Everywhere(IReadOnlyList<EntityUid> groups) : IEntities
    {
        public Entity? Find(EntityUid uid) => new(uid, null, groups);

        public bool IsDescendant(EntityUid descendant, EntityUid ancestor) => groups.Contains(ancestor);

        public IReadOnlyList<EntityUid> AncestorsOf(EntityUid uid) => groups;
    }

    /// <summary>A list that is neither an array nor a <see cref="List{T}"/>.</summary>
    private sealed class LinkedListOfUids(EntityUid[] uids) : IReadOnlyList<EntityUid>
    {
        private readonly LinkedList<EntityUid> linked = new(uids);

        public int Count => linked.Count;

        public EntityUid this[int index] => linked.ElementAt(index);

        public IEnumerator<EntityUid> GetEnumerator() => linked.GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
