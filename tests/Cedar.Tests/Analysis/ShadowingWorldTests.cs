namespace AccessGov.Cedar.Tests.Analyzing;

/// <summary>Shadows counted by the library against shadows counted one request after the other.</summary>
public sealed class ShadowingWorldTests
{
    [Fact]
    public void Every_count_is_that_of_asking_each_request()
    {
        int shadowed = 0;
        int partly = 0;
        for (int seed = 0; seed < 250; seed++)
        {
            var random = new Random(seed);
            string text = Policies(random);
            PolicySet policies = PolicySet.Parse(text);
            EntityStore entities = SmallHospital.Entities(random);
            var options = new ShadowingOptions
            {
                Principals = SmallHospital.People, Actions = SmallHospital.Actions, Resources = SmallHospital.Things, Contexts = SmallHospital.Contexts,
            };

            ShadowingReport report = Shadowing.Find(policies, entities, options);

            (report.Requests, report.IsComplete).ShouldBe((3 * 4 * 3 * 4, true));
            report.Permits.Select(permit => permit.Policy).ShouldBe(policies.Policies.Where(policy => policy.Effect == Effect.Permit));
            Response[] answers = [.. Requests().Select(request => policies.Compile().Evaluate(in request, entities))];
            foreach (PermitShadow permit in report.Permits)
            {
                Response[] satisfied = [.. answers.Where(answer => answer.SatisfiedPermits.Contains(permit.Policy))];
                string where = $"seed {seed}, {permit.Policy.Text}\n{text}";
                permit.Satisfied.ShouldBe(satisfied.Length, where);
                permit.Forbidden.ShouldBe(satisfied.Count(answer => answer.Decision == Decision.Deny), where);
                permit.Forbids.ShouldBe(
                    policies.Policies.Select(forbid => (Forbid: forbid, Requests: satisfied.LongCount(answer => answer.SatisfiedForbids.Contains(forbid))))
                        .Where(pair => pair.Requests > 0),
                    where);
                bool hasEffect = satisfied.Any(answer => answer.Decision == Decision.Allow);
                permit.IsShadowed.ShouldBe(satisfied.Length > 0 && !hasEffect, where);
                shadowed += permit.IsShadowed ? 1 : 0;
                partly += hasEffect && permit.Forbidden > 0 ? 1 : 0;
            }

            report.Shadowed.ShouldBe(report.Permits.Where(permit => permit.IsShadowed));
        }

        shadowed.ShouldBeGreaterThan(30);
        partly.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Without_the_shadowed_permits_every_tried_request_is_answered_the_same()
    {
        int removed = 0;
        for (int seed = 500; seed < 800; seed++)
        {
            var random = new Random(seed);
            PolicySet policies = PolicySet.Parse(Policies(random));
            EntityStore entities = SmallHospital.Entities(random);
            HashSet<Policy> shadowed = [.. Shadowing.Find(policies, entities, new() { Contexts = SmallHospital.Contexts }).Shadowed.Select(shadow => shadow.Policy)];
            CompiledPolicySet all = policies.Compile();
            CompiledPolicySet rest = PolicySet.Of(policies.Policies.Where(policy => !shadowed.Contains(policy))).Compile();
            removed += shadowed.Count;
            foreach (Request request in Requests().Where(request => entities.Find(request.Action) is not null))
            {
                rest.Evaluate(in request, entities).Decision.ShouldBe(all.Evaluate(in request, entities).Decision, $"seed {seed}: {request}");
            }
        }

        removed.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Left_out_the_names_are_those_of_the_data_and_the_context_is_empty()
    {
        PolicySet policies = PolicySet.Parse("permit(principal, action, resource) when { context == {} }; forbid(principal, action, resource) when { context has x };");
        EntityStore entities = EntityStore.Create(
            [new Entity(SmallHospital.People[0]), new Entity(SmallHospital.Things[0]), new Entity(SmallHospital.Actions[0]), new Entity(new EntityUid("Hospital::Action", "open"))]);

        ShadowingReport report = Shadowing.Find(policies, entities);

        // Two that are no action, on two that are none, by two actions of which one has a namespace.
        report.Requests.ShouldBe(2 * 2 * 2);
        report.Permits.ShouldHaveSingleItem().ShouldBe(new PermitShadow(policies.Policies[0], 8, 0, report.Permits[0].Forbids));
        report.Permits[0].Forbids.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 1, false)]
    [InlineData(143, 143, false)]
    [InlineData(144, 144, true)]
    [InlineData(145, 144, true)]
    [InlineData(long.MaxValue, 144, true)]
    public void The_bound_on_requests_is_exact(long max, long tried, bool complete)
    {
        var told = new List<long>();
        var options = new ShadowingOptions
        {
            Principals = SmallHospital.People, Actions = SmallHospital.Actions, Resources = SmallHospital.Things, Contexts = SmallHospital.Contexts,
            RequestsMax = max, Progress = new ShadowingTests.Telling(told),
        };

        ShadowingReport report = Shadowing.Find(PolicySet.Parse("permit(principal, action, resource);"), EntityStore.Empty, options);

        (report.Requests, report.IsComplete).ShouldBe((tried, complete));
        report.Permits.ShouldHaveSingleItem().Satisfied.ShouldBe(tried);
        told.ShouldBe([tried]);
    }

    [Fact]
    public void A_bounded_run_tries_the_same_requests_whatever_the_order_of_the_data()
    {
        PolicySet policies = PolicySet.Parse("permit(principal == User::\"ada\", action, resource); forbid(principal, action, resource == Study::\"s1\");");
        Entity[] entities = [.. SmallHospital.People.Concat(SmallHospital.Things).Concat(SmallHospital.Actions).Select(uid => new Entity(uid))];
        for (int max = 1; max < 100; max += 7)
        {
            string forwards = Say(Shadowing.Find(policies, EntityStore.Create(entities), new() { RequestsMax = max }));
            string backwards = Say(Shadowing.Find(policies, EntityStore.Create(entities.Reverse()), new() { RequestsMax = max }));

            backwards.ShouldBe(forwards);
        }

        static string Say(ShadowingReport report) => $"{report.Requests} {report.Permits[0].Satisfied} {report.Permits[0].Forbidden}";
    }

    [Fact]
    public void A_cancellation_in_the_middle_is_heard_before_the_next_request()
    {
        using var cancelled = new CancellationTokenSource();
        var told = new CancelsAt(4_096, cancelled);
        var options = new ShadowingOptions { Contexts = [.. Enumerable.Repeat(RecordValue.Empty, 10_000)], Principals = SmallHospital.People, Actions = SmallHospital.Actions, Resources = SmallHospital.Things, Progress = told };

        Should.Throw<OperationCanceledException>(() => Shadowing.Find(PolicySet.Empty, EntityStore.Empty, options, cancelled.Token));

        told.Last.ShouldBe(4_096);
    }

    [Fact]
    public void Templates_are_no_permits_and_links_are()
    {
        PolicySet policies = PolicySet.Parse("permit(principal == ?principal, action, resource); forbid(principal, action, resource);").Link("policy0", "ada", SmallHospital.People[0]);
        var options = new ShadowingOptions { Principals = SmallHospital.People, Actions = SmallHospital.Actions, Resources = SmallHospital.Things };

        ShadowingReport report = Shadowing.Find(policies, EntityStore.Empty, options);

        report.Permits.ShouldHaveSingleItem().Policy.Id.ShouldBe("ada");
        report.Shadowed.ShouldHaveSingleItem().Satisfied.ShouldBe(4 * 3);
        Shadowing.Find(PolicySet.Empty, EntityStore.Empty, options).Permits.ShouldBeEmpty();
    }

    // Wide forbids among the others: narrow ones seldom cast a whole shadow.
    private static string Policies(Random random) => SmallHospital.Policies(random, conditions: true) + SmallHospital.One(random,
    [
        "", "forbid(principal is User, action, resource);", "forbid(principal, action, resource is Study); forbid(principal is Robot, action, resource);",
        "forbid(principal, action in Action::\"read\", resource); forbid(principal, action, resource in Ward::\"w\");", "forbid(principal, action, resource) unless { context.urgent };",
    ]);

    private static IEnumerable<Request> Requests() =>
        from principal in SmallHospital.People
        from action in SmallHospital.Actions
        from resource in SmallHospital.Things
        from context in SmallHospital.Contexts
        select new Request(principal, action, resource, context);

    private sealed class CancelsAt(long count, CancellationTokenSource source) : IProgress<long>
    {
        public long Last { get; private set; }

        public void Report(long value)
        {
            Last = value;
            if (value == count)
            {
                source.Cancel();
            }
        }
    }
}
