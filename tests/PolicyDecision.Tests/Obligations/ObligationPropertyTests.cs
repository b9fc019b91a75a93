using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Obligations;
using AccessGov.PolicyDecision.Policies;
using Xunit.Abstractions;

namespace AccessGov.PolicyDecision.Tests.Obligations;

/// <summary>Random policy sets, decided with their obligations and with none.</summary>
public sealed class ObligationPropertyTests(ITestOutputHelper output)
{
    private const string Catalogue = """
        {"a@1":{"type":"custom","properties":{"name":"a"}},"b@1":{"type":"notification","weight":3,"properties":{"to":"x","body":"b"}},
         "c@1":{"type":"session_termination","properties":{"subject":"x"}},"u@1":{"type":"step-up","properties":{"acr_value":"x"}}}
        """;

    private static readonly string[] Types = ["custom", "notification", "session_termination", "step-up"];

    [Fact]
    public void Obligations_never_change_a_decision_but_for_the_ones_that_are_not_supported()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        int unsupported = 0, carried = 0;
        for (int round = 0; round < 2_000; round++)
        {
            ParsedPolicies parsed = PolicyCompiler.Parse(Files(random));
            parsed.Faults.ShouldBeEmpty();
            string[]? types = random.Next(3) == 0 ? null : [.. Types.Where(_ => random.Next(2) == 0)];
            CompiledPolicySet compiled = parsed.Policies.Compile();
            var context = new RecordValue(Enumerable.Range(0, 12).Where(_ => random.Next(3) == 0).Select(at => KeyValuePair.Create($"c{at}", (Value)BoolValue.True)));
            var request = new Request(new EntityUid("User", "ada"), new EntityUid("Action", "a"), new EntityUid("Study", "s"), context);

            Verdict plain = StrictMode.Judge(compiled, request, EntityStore.Empty);
            Verdict judged = StrictMode.Judge(compiled, request, EntityStore.Empty, parsed.Obligations, types is null ? null : new ObligationSupport(types));

            if (judged.Reason == Reasons.ObligationUnsupported)
            {
                (plain.Permitted, judged.Permitted, types is not null).ShouldBe((true, false, true), $"seed {seed}, round {round}");
                judged.Policies.ShouldNotBeEmpty();
                unsupported++;
                continue;
            }

            (judged.Permitted, judged.Reason).ShouldBe((plain.Permitted, plain.Reason), $"seed {seed}, round {round}");
            judged.Policies.ShouldBe(plain.Policies);
            judged.Obligations.Select(obligation => obligation.Id).ShouldBeUnique();
            (judged.Permitted && types is not null && !judged.Obligations.All(obligation => types.Contains(obligation.Type))).ShouldBeFalse($"seed {seed}, round {round}");
            carried += judged.Obligations.Count > 0 ? 1 : 0;
        }

        (unsupported > 20, carried > 100).ShouldBe((true, true), $"seed {seed}: {unsupported} unsupported, {carried} with obligations");
    }

    private static PolicyFile[] Files(Random random)
    {
        string cedar = string.Join('\n', Enumerable.Range(0, 1 + random.Next(8)).Select(at => Policy(random, at, random.Next(3) == 0 ? "forbid" : "permit", attaches: false)));
        string obligations = string.Join('\n', Enumerable.Range(8, random.Next(4)).Select(at => Policy(random, at, "permit", attaches: true)));
        return [new("p.cedar", cedar), new("o.obligations", obligations), new("obligations.json", Catalogue)];
    }

    private static string Policy(Random random, int at, string effect, bool attaches)
    {
        string[] demanded = [.. new[] { "a@1", "b@1", "c@1" }.Where(_ => random.Next(3) == 0)];
        demanded = attaches && demanded.Length == 0 ? ["a@1"] : demanded;
        string remedy = effect == "forbid" && random.Next(2) == 0 ? "@obligation_up(\"u@1\") @remedy(\"step-up\") " : "";
        string condition = random.Next(12) == 0 ? $"context has c{at} && context.c{at}.missing" : $"context has c{at}";
        return $"@id(\"p{at}\") {remedy}{string.Concat(demanded.Select((id, index) => $"@obligation_{index}(\"{id}\") "))}{effect} (principal, action, resource) when {{ {condition} }};";
    }
}
