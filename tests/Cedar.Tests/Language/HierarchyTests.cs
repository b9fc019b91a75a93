namespace AccessGov.Cedar.Tests.Language;

/// <summary>Who is in what, over random hierarchies, against walking the parents one by one.</summary>
public sealed class HierarchyTests
{
    private const int Groups = 12;

    private static readonly CompiledPolicySet Questions = PolicySet.Parse(
        """
        @id("one") permit(principal, action, resource) when { principal in resource };
        @id("set") permit(principal, action, resource) when { principal in [User::"nobody", resource] };
        @id("literal") permit(principal, action, resource) when { principal in Group::"g7" };
        @id("literals") permit(principal, action, resource) when { principal in [Group::"g7", Group::"g9"] };
        @id("is") permit(principal, action, resource) when { principal is Group in resource };
        @id("data") permit(principal, action, resource) when { principal in context.groups };
        @id("scope") permit(principal in Group::"g7", action, resource);
        @id("typed") permit(principal is Group in Group::"g9", action, resource);
        @id("not") permit(principal, action, resource) unless { principal in resource };
        """,
        chooseId: policy => policy.Annotations["id"]).Compile();

    [Fact]
    public void Every_question_agrees_with_walking_the_parents()
    {
        int inside = 0;
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            Dictionary<int, int[]> parents = Parents(random);
            EntityStore entities = Store(parents);
            for (int i = 0; i < 40; i++)
            {
                int who = random.Next(Groups);
                int what = random.Next(Groups);
                int[] some = [.. Enumerable.Range(0, Groups).Where(_ => random.Next(6) == 0)];
                var expected = new HashSet<string>(StringComparer.Ordinal) { IsIn(parents, who, what) ? "one" : "not" };
                Add("set", IsIn(parents, who, what));
                Add("is", IsIn(parents, who, what));
                Add("literal", IsIn(parents, who, 7));
                Add("scope", IsIn(parents, who, 7));
                Add("literals", IsIn(parents, who, 7) || IsIn(parents, who, 9));
                Add("typed", IsIn(parents, who, 9));
                Add("data", Array.Exists(some, group => IsIn(parents, who, group)));

                Response response = Questions.Evaluate(
                    new Request(Group(who), Cedar.View, Group(what), RecordValue.Of(("groups", new SetValue(some.Select(Group))))), entities);

                response.SatisfiedPermits.Select(policy => policy.Id).ShouldBe(expected, ignoreOrder: true, $"seed {seed}: {who} in {what}");
                inside += expected.Contains("one") && who != what ? 1 : 0;

                void Add(string id, bool holds)
                {
                    if (holds)
                    {
                        expected.Add(id);
                    }
                }
            }
        }

        inside.ShouldBeGreaterThan(500);
    }

    [Fact]
    public void A_changed_entity_laid_over_the_others_changes_every_answer_below_it()
    {
        int changed = 0;
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            Dictionary<int, int[]> parents = Parents(random);
            EntityStore store = Store(parents);
            int other = random.Next(Groups);
            var after = new Dictionary<int, int[]>(parents) { [other] = [.. Enumerable.Range(other + 1, Groups - other - 1).Where(_ => random.Next(3) == 0)] };
            IEntities overlaid = new EntityOverlay(store, new Entity(Group(other), null, after[other].Select(Group)));
            for (int who = 0; who < Groups; who++)
            {
                for (int what = 0; what < Groups; what++)
                {
                    bool expected = IsIn(after, who, what);
                    Response response = Questions.Evaluate(new Request(Group(who), Cedar.View, Group(what), RecordValue.Of(("groups", SetValue.Empty))), overlaid);
                    response.SatisfiedPermits.Any(policy => policy.Id == "one").ShouldBe(expected, $"seed {seed}: {who} in {what} after {other} changed");
                    changed += expected != IsIn(parents, who, what) ? 1 : 0;
                }
            }
        }

        changed.ShouldBeGreaterThan(300);
    }

    [Fact]
    public void Many_threads_that_share_policies_and_entities_get_the_answers_of_one()
    {
        var random = new Random(3);
        Dictionary<int, int[]> parents = Parents(random);
        EntityStore store = Store(parents);
        Request[] requests = [.. Enumerable.Range(0, Groups * Groups).Select(i => new Request(Group(i / Groups), Cedar.View, Group(i % Groups), RecordValue.Of(("groups", new SetValue(Group(i % 5), Group(i % 3))))))];
        string[] once = [.. requests.Select(request => Say(Questions.Evaluate(in request, store)))];

        Parallel.For(0, 5_000, i =>
        {
            int at = i * 31 % requests.Length;
            // Each turn builds its own view on the shared store; a set compiled anew is shared by nobody.
            IEntities view = i % 3 == 0 ? new EntityOverlay(store, store.Find(requests[at].Principal) ?? new Entity(requests[at].Principal)) : store;
            Say(Questions.Evaluate(in requests[at], view)).ShouldBe(once[at]);
        });

        once.Distinct().Count().ShouldBeGreaterThan(5);

        static string Say(Response response) => $"{response.Decision} {string.Join(' ', response.SatisfiedPermits)}";
    }

    [Fact]
    public void A_reused_response_of_each_thread_says_the_same_as_a_new_one()
    {
        EntityStore store = Store(Parents(new Random(4)));
        Parallel.For(0, 8, thread =>
        {
            var reused = new ReusableResponse();
            for (int i = 0; i < 300; i++)
            {
                var request = new Request(Group((i + thread) % Groups), Cedar.View, Group(i % Groups), i % 4 == 0 ? RecordValue.Empty : RecordValue.Of(("groups", SetValue.Empty)));
                Questions.Evaluate(in request, store, reused);
                Response fresh = Questions.Evaluate(in request, store);
                reused.Decision.ShouldBe(fresh.Decision);
                reused.SatisfiedPermits.ToArray().ShouldBe(fresh.SatisfiedPermits);
                reused.Errors.ToArray().Select(error => (error.Policy.Id, error.Error.Kind)).ShouldBe(fresh.Errors.Select(error => (error.Policy.Id, error.Error.Kind)));
            }
        });
    }

    private static EntityUid Group(int number) => new("Group", $"g{number}");

    // Towards greater numbers only, so that there is no cycle. Some groups are named as parents and are no entities.
    private static Dictionary<int, int[]> Parents(Random random) => Enumerable.Range(0, Groups).Where(_ => random.Next(6) > 0)
        .ToDictionary(group => group, group => Enumerable.Range(group + 1, Groups - group - 1).Where(_ => random.Next(5) == 0).ToArray());

    private static EntityStore Store(Dictionary<int, int[]> parents) =>
        EntityStore.Create(parents.Select(pair => new Entity(Group(pair.Key), null, pair.Value.Select(Group))));

    private static bool IsIn(Dictionary<int, int[]> parents, int who, int what) =>
        who == what || Array.Exists(parents.GetValueOrDefault(who) ?? [], parent => IsIn(parents, parent, what));
}
