using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Policies;

/// <summary>What a set answers follows from its policies one by one: laws of authorisation on random sets, each with its seed.</summary>
public sealed class SetPropertyTests
{
    [Fact]
    public void A_set_decides_what_its_policies_decide_alone()
    {
        int allowed = 0;
        EachCase(400, (seed, set, request, entities) =>
        {
            Response whole = set.Compile().Evaluate(in request, entities);
            var permits = new List<string>();
            var forbids = new List<string>();
            var errors = new List<string>();
            foreach (Policy policy in set.Policies)
            {
                Response alone = PolicySet.Of([policy]).Compile().Evaluate(in request, entities);
                permits.AddRange(alone.SatisfiedPermits.Select(satisfied => satisfied.Id));
                forbids.AddRange(alone.SatisfiedForbids.Select(satisfied => satisfied.Id));
                errors.AddRange(alone.Errors.Select(error => $"{error.Policy.Id} {error.Error}"));
            }

            whole.SatisfiedPermits.Select(policy => policy.Id).ShouldBe(permits, seed);
            whole.SatisfiedForbids.Select(policy => policy.Id).ShouldBe(forbids, seed);
            whole.Errors.Select(error => $"{error.Policy.Id} {error.Error}").ShouldBe(errors, seed);
            whole.Decision.ShouldBe(permits.Count > 0 && forbids.Count == 0 ? Decision.Allow : Decision.Deny, seed);
            whole.Reasons.Select(policy => policy.Id).ShouldBe(whole.Decision == Decision.Allow ? permits : forbids, seed);
            allowed += whole.Decision == Decision.Allow ? 1 : 0;
        });
        allowed.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void The_order_of_the_policies_changes_no_answer() => EachCase(400, (seed, set, request, entities) =>
    {
        Response expected = set.Compile().Evaluate(in request, entities);

        Response actual = PolicySet.Of(set.Policies.Reverse()).Compile().Evaluate(in request, entities);

        actual.Decision.ShouldBe(expected.Decision, seed);
        actual.Reasons.Reverse().Select(policy => policy.Id).ShouldBe(expected.Reasons.Select(policy => policy.Id), seed);
        actual.Errors.Reverse().Select(error => error.Policy.Id).ShouldBe(expected.Errors.Select(error => error.Policy.Id), seed);
    });

    [Fact]
    public void Removing_what_is_no_reason_changes_no_decision() => EachCase(400, (seed, set, request, entities) =>
    {
        Response before = set.Compile().Evaluate(in request, entities);
        foreach (Policy policy in set.Policies.Except(before.SatisfiedPermits).Except(before.SatisfiedForbids).Take(3))
        {
            Response after = set.Remove(policy.Id).Compile().Evaluate(in request, entities);

            after.Decision.ShouldBe(before.Decision, $"{seed} without {policy.Id}");
            after.Reasons.Select(reason => reason.Id).ShouldBe(before.Reasons.Select(reason => reason.Id), $"{seed} without {policy.Id}");
        }
    });

    [Fact]
    public void A_policy_set_twice_under_other_ids_gives_every_reason_twice() => EachCase(200, (seed, set, request, entities) =>
    {
        PolicySet again = PolicySet.Parse(string.Join('\n', set.Policies.Select(policy => policy.Text)), chooseId: policy => $"again {policy.Id}");

        Response once = set.Compile().Evaluate(in request, entities);
        Response twice = PolicySet.Combine([set, again]).Compile().Evaluate(in request, entities);

        twice.Decision.ShouldBe(once.Decision, seed);
        twice.Reasons.Count.ShouldBe(2 * once.Reasons.Count, seed);
        twice.Errors.Count.ShouldBe(2 * once.Errors.Count, seed);
        twice.Reasons.Select(policy => policy.Id).Where(id => !id.StartsWith("again", StringComparison.Ordinal))
            .ShouldBe(once.Reasons.Select(policy => policy.Id), seed);
    });

    [Fact]
    public void A_link_is_the_policy_that_stands_there_when_the_entities_are_written_into_the_slots()
    {
        int linked = 0;
        for (int seed = 0; seed < 1_500; seed++)
        {
            var random = new Random(seed);
            PolicyTree tree = new RandomPolicies(random).Tree(depth: seed % 4, slots: true);
            if (!tree.IsTemplate)
            {
                continue;
            }

            linked++;
            PolicySet set = PolicySet.Parse(PolicyPrinter.Print(tree));
            EntityUid principal = Vocabulary.Entities[random.Next(Vocabulary.Entities.Length)];
            EntityUid resource = Vocabulary.Entities[random.Next(Vocabulary.Entities.Length)];
            Policy link = set.Link("policy0", "link", tree.Principal.HasSlot ? principal : null, tree.Resource.HasSlot ? resource : null).Find("link")!;

            Policy written = PolicySet.Parse(PolicyPrinter.Print(tree)
                .Replace("?principal", principal.ToString(), StringComparison.Ordinal).Replace("?resource", resource.ToString(), StringComparison.Ordinal)).Policies[0];

            TreeText.Of(link.Tree).ShouldBe(TreeText.Of(written.Tree), $"seed {seed}: {PolicyPrinter.Print(tree)}");
            PolicyFormatter.Print(link).ShouldBe(PolicyFormatter.Print(written), $"seed {seed}");
        }

        linked.ShouldBeGreaterThan(500);
    }

    [Fact]
    public void Links_are_found_through_the_index_as_by_a_scan()
    {
        int considered = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var cases = new RandomAuthorization(seed);
            PolicySet templates = PolicySet.Parse("""
                permit(principal == ?principal, action, resource);
                forbid(principal in ?principal, action == Action::"a1", resource in ?resource) when { context.n > 2 };
                permit(principal is User in ?principal, action in [Action::"a0", Action::"a2"], resource == ?resource);
                permit(principal, action, resource is Photo in ?resource);
                """);
            CompiledPolicySet compiled = templates.Link(Enumerable.Range(0, 60).Select(i =>
            {
                int template = random.Next(4);
                return new TemplateLink($"policy{template}", $"link{i}", template == 3 ? null : cases.Uid(), template == 0 ? null : cases.Uid());
            })).Compile();
            for (int i = 0; i < 10; i++)
            {
                Request request = cases.Request();
                IEntities entities = i % 2 == 0 ? cases.Store : cases.Overlaid();

                Response scanned = compiled.EvaluateByScan(in request, entities);

                IndexTests.Describe(compiled.Evaluate(in request, entities)).ShouldBe(IndexTests.Describe(scanned), $"seed {seed}, request {i}: {request}");
                considered += scanned.Considered.Count;
            }
        }

        considered.ShouldBeGreaterThan(4_000);
    }

    [Fact]
    public void A_formatted_set_answers_as_the_unformatted_one() => EachCase(200, (seed, set, request, entities) =>
    {
        PolicySet formatted = PolicySet.Parse(PolicyFormatter.Format(string.Join(' ', set.Policies.Select(policy => policy.Text))));

        IndexTests.Describe(formatted.Compile().Evaluate(in request, entities)).ShouldBe(IndexTests.Describe(set.Compile().Evaluate(in request, entities)), seed);
    });

    [Fact]
    public void The_text_of_each_policy_alone_is_that_policy()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var writer = new RandomPolicies(random);
            string text = string.Join(
                random.Next(2) == 0 ? "" : "\n\n// between\n", Enumerable.Range(0, 5).Select(_ => PolicyPrinter.Print(writer.Tree(depth: random.Next(4), slots: true))));

            foreach (Policy policy in PolicySet.Parse(text).Policies)
            {
                TreeText.Of(PolicySet.Parse(policy.Text).Policies.ShouldHaveSingleItem().Tree).ShouldBe(TreeText.Of(policy.Tree), $"seed {seed}: {policy.Text}");
                text.AsSpan(policy.Position.Offset).StartsWith(policy.Text).ShouldBeTrue($"seed {seed}: {policy.Position}");
            }
        }
    }

    private static void EachCase(int seeds, Action<string, PolicySet, Request, EntityStore> check)
    {
        for (int seed = 0; seed < seeds; seed++)
        {
            // Half of the cases are dense in scopes, half in expressions.
            var random = new Random(seed);
            var authorization = new RandomAuthorization(seed);
            var world = new RandomWorld(random);
            bool scopes = seed % 2 == 0;
            PolicySet set = scopes ? PolicySet.Parse(authorization.Policies) : new RandomPolicies(random).Set(random.Next(1, 20), depth: random.Next(4));
            Request request = scopes ? authorization.Request() : world.Request();
            check($"seed {seed}, {request}", set, request, scopes ? authorization.Store : world.Entities());
        }
    }
}
