using AccessGov.PolicyDecision.Policies;

namespace AccessGov.PolicyDecision.Tests.Obligations;

/// <summary>What may be published: everything about obligations is checked then, so that a decision can rely on it.</summary>
public sealed class ObligationFilesSpecs
{
    private const string Watermark = """{"watermark@1":{"type":"custom","properties":{"name":"watermark"}}}""";
    private const string SecondFactor = """{"second-factor@1":{"type":"step-up","properties":{"acr_value":"mfa","amr_values":["otp"]}}}""";

    [Fact]
    public void A_sound_catalogue_with_every_type_and_placeholder_is_published() =>
        Faults("""
            {"a@1":{"type":"notification","receipt":"required","weight":100,"properties":{"to":"x","body":"{subject.id} {resource.id} {action.name} {evaluation_id} {now}","topic":"t"}},
             "a@2":{"type":"session_termination","receipt":"optional","properties":{"subject":"{subject.id}"}},
             "b@1":{"type":"custom","properties":{"name":"n","deep":{"list":[1,"{now}",{"x":null}]}}},
             "c@1":{"type":"step-up","properties":{"acr_value":"mfa"}}}
            """,
            """
            @id("p") @obligation_1("a@1") @obligation_two("{\"type\":\"custom\",\"properties\":{\"name\":\"{now}\"}}") permit (principal, action, resource);
            @id("f") @obligation_1("c@1") @remedy("step-up") @obligation_2("a@2") forbid (principal, action, resource);
            """,
            """@id("o") @obligation_1("b@1") permit (principal, action, resource);""").ShouldBeEmpty();

    [Theory]
    [InlineData("[]", "one JSON object")]
    [InlineData("{", "no JSON of ours")]
    [InlineData("""{"a@1":{"type":"custom","properties":{"name":"x"}},"a@1":{"type":"custom","properties":{"name":"y"}}}""", "names once")]
    [InlineData("""{"Watermark":{"type":"custom","properties":{"name":"x"}}}""", "watermark@1")]
    [InlineData("""{"a@0":{"type":"custom","properties":{"name":"x"}}}""", "a version from 1")]
    [InlineData("""{"a@1":[]}""", "An entry is a JSON object")]
    [InlineData("""{"a@1":{"properties":{}}}""", "type must be one of")]
    [InlineData("""{"a@1":{"type":"custom"}}""", "properties must be a JSON object")]
    [InlineData("""{"a@1":{"type":"watermark","properties":{}}}""", "There is no type watermark")]
    [InlineData("""{"a@1":{"type":"custom","properties":{}}}""", "name must be a string")]
    [InlineData("""{"a@1":{"type":"step-up","properties":{}}}""", "acr_value must be a string")]
    [InlineData("""{"a@1":{"type":"step-up","properties":{"acr_value":"mfa","amr_values":"otp"}}}""", "amr_values must be an array")]
    [InlineData("""{"a@1":{"type":"notification","properties":{"body":"b"}}}""", "to must be a string")]
    [InlineData("""{"a@1":{"type":"notification","properties":{"to":"t"}}}""", "body must be a string")]
    [InlineData("""{"a@1":{"type":"notification","properties":{"to":"t","body":"b","topic":7}}}""", "topic must be a string")]
    [InlineData("""{"a@1":{"type":"session_termination","properties":{"subject":" "}}}""", "subject must be a string")]
    [InlineData("""{"a@1":{"type":"custom","properties":{"name":"x"},"colour":"red"}}""", "no member colour")]
    [InlineData("""{"a@1":{"type":"custom","properties":{"name":"x"},"weight":0}}""", "weight must be")]
    [InlineData("""{"a@1":{"type":"custom","properties":{"name":"x"},"receipt":true}}""", "receipt must be")]
    [InlineData("""{"a@1":{"type":"custom","properties":{"name":"x","{now}":1}}}""", "holds a brace")]
    public void A_catalogue_that_is_not_sound_is_refused_with_its_file_and_entry(string catalogue, string sentence)
    {
        PolicyFault fault = Faults(catalogue).ShouldHaveSingleItem();
        (fault.Code, fault.File).ShouldBe(("obligation_malformed", "obligations.json"));
        fault.Sentence.ShouldContain(sentence);
        Refusals.StatusOf(fault.Code).ShouldBe(400);
    }

    [Theory]
    [InlineData("{patient.name}")]
    [InlineData("{subject}")]
    [InlineData("{ now}")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("{now")]
    [InlineData("{{now}}")]
    [InlineData("{now}}")]
    public void Only_the_allowed_placeholders_are_taken(string text)
    {
        PolicyFault fault = Faults("""{"a@1":{"type":"custom","properties":{"name":"x","list":["TEXT"]}}}""".Replace("TEXT", text)).ShouldHaveSingleItem();
        (fault.Code, fault.File).ShouldBe(("placeholder_unknown", "obligations.json"));
    }

    [Theory]
    [InlineData("@obligation_1(\"watermark@2\")", "obligation_unknown_in_catalogue", "watermark@2")]
    [InlineData("@obligation_1(\"\")", "obligation_unknown_in_catalogue", "no sound entry")]
    [InlineData("@obligation(\"watermark@1\")", "obligation_malformed", "@obligation is no annotation of ours")]
    [InlineData("@obligations_1(\"watermark@1\")", "obligation_malformed", "@obligations_1 is no annotation of ours")]
    [InlineData("@Obligation_1(\"watermark@1\")", "obligation_malformed", "@Obligation_1 is no annotation of ours")]
    [InlineData("@obligation_1(\"{\\\"type\\\":\\\"custom\\\"}\")", "obligation_malformed", "type and properties")]
    [InlineData("@obligation_1(\"{\\\"type\\\":\\\"custom\\\",\\\"properties\\\":{}}\")", "obligation_malformed", "name must be a string")]
    [InlineData("@obligation_1(\"{\\\"type\\\":\\\"custom\\\",\\\"properties\\\":{\\\"name\\\":\\\"{who}\\\"}}\")", "placeholder_unknown", "{who} is no placeholder")]
    [InlineData("@obligation_1(\"{oops\")", "obligation_malformed", "no JSON of ours")]
    [InlineData("@remedy(\"step-up\")", "obligation_malformed", "stands at a forbid")]
    public void An_annotation_that_is_not_sound_is_refused_with_its_place(string annotation, string code, string sentence)
    {
        PolicyFault fault = Faults(Watermark, $"@id(\"ok\") permit (principal, action, resource);\n@id(\"p\") {annotation} permit (principal, action, resource);").ShouldHaveSingleItem();
        (fault.Code, fault.File, fault.Line).ShouldBe((code, "p.cedar", 2));
        fault.Sentence.ShouldContain(sentence);
        Refusals.StatusOf(fault.Code).ShouldBe(400);
    }

    [Theory]
    [InlineData("@id(\"p\") @obligation_1(\"second-factor@1\") permit (principal, action, resource);", "")]
    [InlineData("@id(\"p\") @obligation_1(\"second-factor@1\") forbid (principal, action, resource);", "")]
    [InlineData("@id(\"p\") @obligation_1(\"second-factor@1\") @remedy(\"stepup\") forbid (principal, action, resource);", "")]
    [InlineData("@id(\"p\") permit (principal, action, resource);", "@id(\"o\") @obligation_1(\"second-factor@1\") permit (principal, action, resource);")]
    public void A_step_up_stands_where_it_can_help(string cedar, string obligations) =>
        Faults(SecondFactor, cedar, obligations).ShouldContain(fault => fault.Code == "obligation_malformed" && fault.Sentence.Contains("step-up"));

    [Theory]
    [InlineData("@id(\"o\") permit (principal, action, resource);", "obligation_malformed", "at least one @obligation_1")]
    [InlineData("@id(\"o\") @obligation_1(\"watermark@1\") forbid (principal, action, resource);", "obligation_malformed", "a permit that grants nothing")]
    [InlineData("@obligation_1(\"watermark@1\") permit (principal, action, resource);", "policy_id_missing", "no @id")]
    [InlineData("@id(\"p\") @obligation_1(\"watermark@1\") permit (principal, action, resource);", "policy_id_doubled", "p.cedar")]
    [InlineData("permit (principal", "policy_set_malformed", "")]
    public void A_file_of_obligation_policies_is_checked_like_the_others(string obligations, string code, string sentence)
    {
        PolicyFault fault = Faults(Watermark, "@id(\"p\") permit (principal, action, resource);", obligations).ShouldHaveSingleItem();
        (fault.Code, fault.File).ShouldBe((code, "o.obligations"));
        fault.Sentence.ShouldContain(sentence);
    }

    [Fact]
    public void An_obligation_larger_than_its_bound_is_refused() =>
        Faults("""{"a@1":{"type":"custom","properties":{"name":"TEXT"}}}""".Replace("TEXT", new string('x', 4_000))).ShouldHaveSingleItem().Sentence.ShouldContain("4000 are the most");

    [Fact]
    public void A_long_policy_id_has_no_obligation_of_its_own() =>
        Faults("{}", $"@id(\"{new string('i', 200)}\") @obligation_1(\"{{\\\"type\\\":\\\"custom\\\",\\\"properties\\\":{{\\\"name\\\":\\\"x\\\"}}}}\") permit (principal, action, resource);")
            .ShouldHaveSingleItem().Sentence.ShouldContain("200 are the most");

    [Fact]
    public void The_permits_of_an_obligation_file_are_not_among_the_policies_that_decide()
    {
        ParsedPolicies parsed = PolicyCompiler.Parse(Files(Watermark, "@id(\"p\") permit (principal, action, resource);", "@id(\"o\") @obligation_1(\"watermark@1\") permit (principal, action, resource);"));
        parsed.Policies.Policies.ShouldHaveSingleItem().Id.ShouldBe("p");
        parsed.Obligations.ShouldNotBeNull();
    }

    [Fact]
    public void A_set_that_demands_nothing_has_no_rules() =>
        PolicyCompiler.Parse(Files(Watermark, "@id(\"p\") permit (principal, action, resource);", "")).Obligations.ShouldBeNull();

    private static IReadOnlyList<PolicyFault> Faults(string catalogue, string cedar = "@id(\"p\") permit (principal, action, resource);", string obligations = "") =>
        PolicyCompiler.Check(Files(catalogue, cedar, obligations));

    private static PolicyFile[] Files(string catalogue, string cedar, string obligations) =>
        [new("p.cedar", cedar), new("obligations.json", catalogue), .. obligations.Length > 0 ? new PolicyFile[] { new("o.obligations", obligations) } : []];
}
