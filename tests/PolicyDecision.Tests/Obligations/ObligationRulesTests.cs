using System.Text;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Obligations;
using AccessGov.PolicyDecision.Policies;

namespace AccessGov.PolicyDecision.Tests.Obligations;

/// <summary>Which obligations a decision has. A policy holds when the context has its letter.</summary>
public sealed class ObligationRulesTests
{
    private const string Catalogue = """
        {"light@1":{"type":"custom","properties":{"name":"light"}},
         "also-light@1":{"type":"custom","properties":{"name":"also"}},
         "heavy@1":{"type":"notification","weight":5,"properties":{"to":"office","body":"{subject.id}"}},
         "end@1":{"type":"session_termination","properties":{"subject":"{subject.id}"}},
         "mfa@1":{"type":"step-up","properties":{"acr_value":"mfa"}}}
        """;

    [Theory]
    [InlineData("free heavy light", "")]
    [InlineData("heavy light", "light@1")]
    [InlineData("heavy both", "also-light@1 light@1")]
    [InlineData("heavy", "heavy@1")]
    [InlineData("zebra light", "light@1")]
    [InlineData("zebra heavy", "also-light@1")]
    public void A_permit_has_the_obligations_of_the_satisfied_permit_with_the_lightest_burden(string holding, string expected) =>
        Judge(holding).ShouldBe((true, "permitted", expected));

    [Theory]
    [InlineData("heavy", "custom", false, "obligation_unsupported", "")]
    [InlineData("heavy", "notification", true, "permitted", "heavy@1")]
    [InlineData("heavy light", "notification", true, "permitted", "heavy@1")]
    [InlineData("heavy light", "", false, "obligation_unsupported", "")]
    [InlineData("heavy light free", "", true, "permitted", "")]
    [InlineData("free told", "custom", false, "obligation_unsupported", "")]
    [InlineData("free told", "notification", true, "permitted", "heavy@1")]
    public void What_the_enforcement_point_does_not_carry_out_is_denied_unless_another_permit_wants_less(string holding, string supported, bool permitted, string reason, string expected) =>
        Judge(holding, supported.Split(' ')).ShouldBe((permitted, reason, expected));

    [Fact]
    public void A_denial_for_want_of_support_names_what_demanded_it()
    {
        Verdict verdict = Verdict("heavy light told", ["step-up"]);
        verdict.Policies.ShouldBe(["light", "heavy", "told"], ignoreOrder: true);
        verdict.Obligations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("free told", "heavy@1")]
    [InlineData("light told", "heavy@1 light@1")]
    [InlineData("free told marked", "heavy@1 light@1")]
    [InlineData("light marked", "light@1")]
    public void Every_satisfied_obligation_policy_adds_its_own_and_what_is_demanded_twice_is_one(string holding, string expected) =>
        Judge(holding).ShouldBe((true, "permitted", expected));

    [Fact]
    public void An_obligation_policy_grants_nothing() => Judge("told").ShouldBe((false, "not_permitted", ""));

    [Fact]
    public void An_obligation_policy_that_cannot_be_evaluated_counts_as_satisfied_and_is_told()
    {
        Verdict verdict = Verdict("free torn");
        (verdict.Permitted, Ids(verdict)).ShouldBe((true, "end@1"));
        verdict.Errors.ShouldBe(["torn"]);
    }

    [Theory]
    [InlineData("no free", "heavy@1")]
    [InlineData("no no-more", "end@1 heavy@1")]
    [InlineData("no told marked free", "heavy@1")]
    public void A_denial_has_the_obligations_of_the_forbids_that_made_it_and_no_other(string holding, string expected) =>
        Judge(holding).ShouldBe((false, "forbidden", expected));

    [Theory]
    [InlineData("weak free", "mfa@1")]
    [InlineData("weak weaker free", "mfa@1")]
    [InlineData("weak", "")]
    [InlineData("weak no free", "heavy@1")]
    [InlineData("weaker free", "")]
    public void A_step_up_is_sent_only_where_it_would_help(string holding, string expected) => Judge(holding).ShouldBe((false, "forbidden", expected));

    [Fact]
    public void A_forbid_that_errs_is_not_helped_by_a_step_up() => Judge("weak free broken no").ShouldBe((false, "policy_error", "heavy@1"));

    [Fact]
    public void A_denial_stays_what_it_is_whatever_is_supported() => Judge("no free", []).ShouldBe((false, "forbidden", "heavy@1"));

    [Fact]
    public void A_decision_that_carries_none_allocates_no_more_than_without_rules()
    {
        ParsedPolicies parsed = PolicyCompiler.Parse(
        [
            new("p.cedar", "@id(\"free\") permit (principal, action, resource); @id(\"other\") @obligation_1(\"light@1\") permit (principal, action == Action::\"b\", resource);"),
            new("o.obligations", "@id(\"told\") @obligation_1(\"light@1\") permit (principal, action == Action::\"b\", resource);"), new("obligations.json", Catalogue),
        ]);
        CompiledPolicySet compiled = parsed.Policies.Compile();
        var request = new Request(new EntityUid("User", "ada"), new EntityUid("Action", "a"), new EntityUid("Study", "s"), RecordValue.Empty);
        Allocated(parsed.Obligations!).ShouldBe(Allocated(null));

        long Allocated(ObligationRules? rules) => Enumerable.Range(0, 50).Min(_ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            StrictMode.Judge(compiled, request, EntityStore.Empty, rules, null);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }

    [Fact]
    public void Placeholders_are_filled_once_and_escaped()
    {
        var id = Guid.CreateVersion7();
        var question = new EvaluationQuestion("User", "{now}\"é\\", "study.view", "Study", "1.2", "pep", null, "authzen", null);
        Verdict verdict = PolicyDecision.Evaluation.Verdict.Refused("forbidden") with
        {
            Obligations = [Template("""{"to":"{resource.id}","body":"\\{subject.id}|{action.name}|{evaluation_id}|{now}|ü"}""")],
        };

        Obligation obligation = DecisionObligations.Of(verdict, question, id, Spec.Now).ShouldHaveSingleItem();

        using var properties = System.Text.Json.JsonDocument.Parse(obligation.Properties);
        properties.RootElement.GetProperty("to").GetString().ShouldBe("1.2");
        properties.RootElement.GetProperty("body").GetString().ShouldBe($"\\{{now}}\"é\\|study.view|{id}|2026-05-04T12:00:00Z|ü");
        ObligationJson.Text([obligation]).ShouldAllBe(character => character >= ' ' && character <= '~');
    }

    [Fact]
    public void Obligations_that_say_the_same_are_one_and_want_a_receipt_when_one_of_them_does()
    {
        var question = new EvaluationQuestion("User", "ada", "study.view", "Study", "ada", "pep", null, "authzen", null);
        Verdict verdict = PolicyDecision.Evaluation.Verdict.Refused("forbidden") with
        {
            Obligations =
            [
                Template("""{"body":"{subject.id}","to":"x"}""", "a"), Template("""{"to":"x","body":"{resource.id}"}""", "b", receipt: true),
                Template("""{"to":"x","body":"{action.name}"}""", "c"),
            ],
        };

        DecisionObligations.Of(verdict, question, Guid.NewGuid(), Spec.Now).Select(obligation => (obligation.Id, obligation.ReceiptRequired)).ShouldBe([("a", true), ("c", false)]);
    }

    private static (bool Permitted, string Reason, string Obligations) Judge(string holding, string[]? supported = null) =>
        Verdict(holding, supported) is var verdict ? (verdict.Permitted, verdict.Reason, Ids(verdict)) : default;

    private static string Ids(Verdict verdict) => string.Join(' ', verdict.Obligations.Select(obligation => obligation.Id));

    private static Verdict Verdict(string holding, string[]? supported = null)
    {
        (string Id, string Effect, string Obligations)[] policies =
        [
            ("free", "permit", ""), ("light", "permit", "light@1"), ("heavy", "permit", "heavy@1"), ("both", "permit", "light@1 also-light@1"), ("zebra", "permit", "also-light@1"),
            ("no", "forbid", "heavy@1"), ("no-more", "forbid", "end@1"), ("weak", "forbid", "mfa@1 remedy"), ("weaker", "forbid", "remedy"),
        ];
        string cedar = string.Join('\n', policies.Select(policy => Policy(policy.Id, policy.Effect, policy.Obligations)))
            + "\n@id(\"broken\") forbid (principal, action, resource) when { context has broken && context.broken.missing };";
        string obligations = Policy("told", "permit", "heavy@1") + Policy("marked", "permit", "light@1")
            + "\n@id(\"torn\") @obligation_1(\"end@1\") permit (principal, action, resource) when { context has torn && context.torn.missing };";
        ParsedPolicies parsed = PolicyCompiler.Parse([new("p.cedar", cedar), new("o.obligations", obligations), new("obligations.json", Catalogue)]);
        parsed.Faults.ShouldBeEmpty();
        var context = new RecordValue(holding.Split(' ').Select(name => KeyValuePair.Create(name.Replace('-', '_'), name is "torn" or "broken" ? (Value)RecordValue.Empty : BoolValue.True)));
        return StrictMode.Judge(
            parsed.Policies.Compile(), new Request(new EntityUid("User", "ada"), new EntityUid("Action", "a"), new EntityUid("Study", "s"), context),
            EntityStore.Empty, parsed.Obligations, supported is null ? null : new ObligationSupport(supported));
    }

    private static string Policy(string id, string effect, string obligations)
    {
        var annotations = new StringBuilder();
        foreach ((int at, string name) in obligations.Split(' ', StringSplitOptions.RemoveEmptyEntries).Index())
        {
            annotations.Append(name == "remedy" ? "@remedy(\"step-up\") " : $"@obligation_{at}(\"{name}\") ");
        }

        return $"\n@id(\"{id}\") {annotations}{effect} (principal, action, resource) when {{ context has {id.Replace('-', '_')} }};";
    }

    private static ObligationTemplate Template(string properties, string id = "a@1", bool receipt = false)
    {
        using var json = System.Text.Json.JsonDocument.Parse(properties);
        return ObligationTemplate.Create(id, "notification", json.RootElement, 1, receipt, out (string Code, string Sentence) problem) ?? throw new InvalidOperationException(problem.Sentence);
    }
}
