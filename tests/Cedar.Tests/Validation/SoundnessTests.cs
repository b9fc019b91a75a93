using Xunit.Abstractions;

namespace AccessGov.Cedar.Tests.Validation;

/// <summary>What the validator promises, tried on random schemas, policies, entities and requests. A failure prints its seed and the case.</summary>
public sealed class SoundnessTests(ITestOutputHelper log)
{
    private const int Worlds = 60;
    private const int PoliciesPerWorld = 25;
    private const int RequestsPerPolicy = 12;

    [Fact]
    public void The_random_worlds_conform_to_their_schemas()
    {
        for (int seed = 0; seed < Worlds; seed++)
        {
            var world = new TypedWorld(seed);

            world.Store.Entities.SelectMany(world.Schema.Check).ShouldBeEmpty($"seed {seed}: {world.Text}");
            Enumerable.Range(0, 20).SelectMany(_ => world.Schema.Check(world.Request())).ShouldBeEmpty($"seed {seed}: {world.Text}");
        }
    }

    [Fact]
    public void A_policy_made_by_the_rules_is_valid()
    {
        ForEachPolicy(mistakes: false, (seed, world, text, policy) =>
            new Validator(world.Schema).Validate(policy).Errors.ShouldBeEmpty($"seed {seed}: {text}\n{world.Text}"));
    }

    [Fact]
    public void A_valid_policy_has_no_error_in_any_request_that_conforms()
    {
        int valid = 0, refused = 0, satisfied = 0, evaluated = 0;
        ForEachPolicy(mistakes: true, (seed, world, text, policy) =>
        {
            if (!new Validator(world.Schema).Validate(policy).IsValid)
            {
                refused++;
                return;
            }

            valid++;
            CompiledPolicySet compiled = PolicySet.Of([policy]).Compile();
            foreach (Request request in Requests(world))
            {
                Response response = compiled.Evaluate(request, world.Store);
                response.Errors.ShouldBeEmpty($"seed {seed}: {request}\n{text}\n{world.Text}");
                evaluated++;
                satisfied += response.SatisfiedPermits.Count;
            }
        });

        log.WriteLine($"{valid} valid, {refused} refused, {satisfied} of {evaluated} satisfied");
        valid.ShouldBeGreaterThan(400);
        refused.ShouldBeGreaterThan(250);
        satisfied.ShouldBeGreaterThan(300);
    }

    [Fact]
    public void What_is_refused_is_often_an_error_in_some_request()
    {
        int errors = 0;
        ForEachPolicy(mistakes: true, (_, world, _, policy) =>
        {
            if (!new Validator(world.Schema).Validate(policy).IsValid)
            {
                CompiledPolicySet compiled = PolicySet.Of([policy]).Compile();
                errors += Requests(world).Any(request => compiled.Evaluate(request, world.Store).Errors.Count > 0) ? 1 : 0;
            }
        });

        // Otherwise the mistakes would be no mistakes, and the test of valid policies would prove little.
        errors.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void A_policy_called_impossible_is_never_satisfied()
    {
        int impossible = 0;
        ForEachPolicy(mistakes: false, (seed, world, text, policy) =>
        {
            if (new Validator(world.Schema).Validate(policy).Warnings.Any(warning => warning.Kind == ValidationWarningKind.ImpossiblePolicy))
            {
                impossible++;
                CompiledPolicySet compiled = PolicySet.Of([policy]).Compile();
                Requests(world).ShouldAllBe(
                    request => compiled.Evaluate(request, world.Store).SatisfiedPermits.Count == 0, $"seed {seed}: {text}\n{world.Text}");
            }
        });

        log.WriteLine($"{impossible} impossible");
        impossible.ShouldBeGreaterThan(30);
    }

    [Fact]
    public void A_policy_valid_at_a_level_decides_over_the_slice_of_that_level_as_over_everything()
    {
        var levels = new int[8];
        int different = 0;
        ForEachPolicy(mistakes: false, (seed, world, text, policy) =>
        {
            int? level = LowestLevel(world.Schema, policy, levels.Length - 1);
            if (level is null)
            {
                return;
            }

            levels[level.Value]++;
            CompiledPolicySet compiled = PolicySet.Of([policy]).Compile();
            foreach (Request request in Requests(world))
            {
                string everything = Describe(compiled.Evaluate(request, world.Store));

                Describe(compiled.Evaluate(request, EntitySlice.AtLevel(world.Store, request, level.Value)))
                    .ShouldBe(everything, $"seed {seed}, level {level}: {request}\n{text}\n{world.Text}");
                different += level > 0 && Describe(compiled.Evaluate(request, EntitySlice.AtLevel(world.Store, request, level.Value - 1))) != everything ? 1 : 0;
            }
        });

        log.WriteLine($"levels {string.Join(", ", levels)}; {different} different one level below");
        levels[..4].ShouldAllBe(count => count > 20);
        different.ShouldBeGreaterThan(200);
    }

    [Fact]
    public void What_is_valid_at_a_level_is_valid_at_every_higher_one_and_without()
    {
        ForEachPolicy(mistakes: true, (seed, world, text, policy) =>
        {
            var validator = new Validator(world.Schema);
            bool[] valid = [.. Enumerable.Range(0, 6).Select(level => validator.Validate(policy, level).IsValid), validator.Validate(policy).IsValid];

            valid.SequenceEqual(valid.Order()).ShouldBeTrue($"seed {seed}: {text}\n{world.Text}");
        });
    }

    [Fact]
    public void Validating_together_finds_what_validating_one_by_one_finds()
    {
        for (int seed = 0; seed < Worlds; seed++)
        {
            var world = new TypedWorld(seed);
            var policies = new TypedPolicies(world, seed, mistakes: true);
            PolicySet set = PolicySet.Parse(string.Join('\n', Enumerable.Range(0, 20).Select(_ => policies.Next())));
            var validator = new Validator(world.Schema);

            ValidationResult together = validator.Validate(set, level: 2);

            ValidationResult[] alone = [.. set.Policies.Select(policy => validator.Validate(policy, level: 2))];
            together.Errors.Select(error => error.Message).ShouldBe(alone.SelectMany(result => result.Errors).Select(error => error.Message), $"seed {seed}");
            together.Warnings.Select(warning => warning.Message).ShouldBe(
                alone.SelectMany(result => result.Warnings).Select(warning => warning.Message), $"seed {seed}");
        }
    }

    private static void ForEachPolicy(bool mistakes, Action<int, TypedWorld, string, Policy> test)
    {
        for (int seed = 0; seed < Worlds; seed++)
        {
            var world = new TypedWorld(seed);
            var policies = new TypedPolicies(world, seed, mistakes);
            for (int i = 0; i < PoliciesPerWorld; i++)
            {
                string text = policies.Next(1 + (i % 4));
                test(seed, world, text, PolicySet.Parse(text).Policies[0]);
            }
        }
    }

    private static Request[] Requests(TypedWorld world) => [.. Enumerable.Range(0, RequestsPerPolicy).Select(_ => world.Request())];

    private static int? LowestLevel(Schema schema, Policy policy, int levelMax)
    {
        var validator = new Validator(schema);
        for (int level = 0; level <= levelMax; level++)
        {
            if (validator.Validate(policy, level).IsValid)
            {
                return level;
            }
        }

        return null;
    }

    private static string Describe(Response response) =>
        $"{response.Decision} {string.Join(' ', response.Errors.Select(error => error.Error.Message))}";
}
