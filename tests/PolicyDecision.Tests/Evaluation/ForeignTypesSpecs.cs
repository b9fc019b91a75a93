using System.Text.Json;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Policies;

namespace AccessGov.PolicyDecision.Tests.Evaluation;

/// <summary>Types that the service keeps nothing about: what an enforcement point says of them counts, and nothing that it says of the hospital's own.</summary>
public sealed class ForeignTypesSpecs
{
    private const string Claims = """{"self":{"__entity":{"type":"Patient","id":"P1"}},"role":"admin"}""";

    private static readonly PolicyFile Policies = new("claims.cedar", """
        @id("self") permit (principal, action == Action::"view", resource) when { principal has self && principal.self == Patient::"P1" };
        @id("role") permit (principal, action == Action::"write", resource) when { principal has role && principal.role == "admin" };
        @id("status") permit (principal, action == Action::"read", resource) when { resource has status && resource.status == "active" };
        @id("soft") permit (principal, action == Action::"delete", resource) when { context has action && context.action.soft };
        @id("group") permit (principal in team::"tumour", action == Action::"enter", resource in folder::"all");
        @id("meet") permit (principal in team::"tumour", action == Action::"meet", resource);
        """);

    private static readonly PolicyFile Entities = new("own.json", """
        [{"uid":{"type":"user","id":"alice"},"attrs":{"role":"reader"},"parents":[{"type":"team","id":"tumour"}]},
         {"uid":{"type":"record","id":"kept"},"attrs":{"status":"active"},"parents":[{"type":"folder","id":"all"}]}]
        """);

    [Theory]
    [InlineData("view", "user mallory", "record r", true)]
    [InlineData("view", "user mallory", "Patient P1", false)]
    [InlineData("view", "user mallory", "System accessgov", false)]
    [InlineData("view", "User mallory", "record r", false)]
    [InlineData("write", "user mallory", "record r", true)]
    [InlineData("write", "user mallory", "Patient P1", false)]
    [InlineData("write", "User mallory", "record r", false)]
    public void What_is_said_of_a_subject_counts_only_where_neither_it_nor_the_resource_is_of_the_hospital(
        string action, string subject, string resource, bool permitted) =>
        Judge(action, $"{subject} {Claims}", resource).ShouldBe(permitted);

    [Theory]
    [InlineData("read", "record r {\"status\":\"active\"}", true)]
    [InlineData("read", "record r", false)]
    [InlineData("read", "record kept", true)]
    [InlineData("read", "record kept {\"status\":\"archived\"}", false)]
    [InlineData("read", "Patient P1 {\"status\":\"active\"}", false)]
    [InlineData("read", "Archive pacs {\"status\":\"active\"}", false)]
    [InlineData("delete {\"soft\":true}", "record r", true)]
    [InlineData("delete {\"soft\":false}", "record r", false)]
    [InlineData("delete {\"soft\":true}", "Patient P1", false)]
    public void Of_a_resource_the_enforcement_point_knows_more_than_the_policy_set_unless_it_is_the_hospitals(
        string action, string resource, bool permitted) =>
        Judge(action, "User ada", resource).ShouldBe(permitted);

    [Fact]
    public void Of_a_subject_the_policy_set_stands_above_the_enforcement_point() => Judge("write", $"user alice {Claims}", "record r").ShouldBeFalse();

    [Fact]
    public void Groups_come_with_the_policy_set()
    {
        Judge("enter", "user alice", "record kept").ShouldBeTrue();
        Judge("enter", "user bob", "record kept").ShouldBeFalse();
        Judge("enter", "user alice", "record other").ShouldBeFalse();
        Judge("meet", "user alice", "record other").ShouldBeTrue();
        Judge("meet", "user alice", "Patient P1").ShouldBeFalse("of the hospital's own the facts alone count");
    }

    [Theory]
    [InlineData("User ada", "")]
    [InlineData("Study 1.2", "")]
    [InlineData("Role radiologist", "")]
    [InlineData("user ada", "Role radiologist")]
    [InlineData("record r", "Site north")]
    public void Who_and_what_is_in_the_hospital_is_nothing_that_a_policy_set_says(string entity, string parent)
    {
        string[] own = entity.Split(' ');
        string parents = parent.Split(' ') is [var type, var id] ? $$"""{"type":"{{type}}","id":"{{id}}"}""" : "";
        var file = new PolicyFile("own.json", $$"""[{"uid":{"type":"{{own[0]}}","id":"{{own[1]}}"},"attrs":{},"parents":[{{parents}}]}]""");
        PolicyCompiler.Check([Policies, file]).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            fault => fault.Code.ShouldBe("policy_set_malformed"), fault => fault.File.ShouldBe("own.json"));
    }

    [Fact]
    public void What_Cedar_has_no_value_for_is_no_property() =>
        HospitalDecisionPoint.ToQuestion(Request("read", "user ada", "record r {\"size\":1.5}"), default, out string error).ShouldBeNull(error);

    private static bool Judge(string action, string subject, string resource)
    {
        ParsedPolicies parsed = PolicyCompiler.Parse([Policies, Entities]);
        parsed.Faults.ShouldBeEmpty();
        FactsSnapshot facts = Known.Facts with { Policies = PolicyCompiler.Compile("hospital", 1, "hash", parsed, []) };
        EvaluationQuestion question = HospitalDecisionPoint.ToQuestion(Request(action, subject, resource), new EnforcementPoint("pep", null), out string error)!;
        error.ShouldBeEmpty();
        return new HospitalCase(question, facts, null, Spec.Now, new RoleEntities()).Judge().Permitted;
    }

    private static AuthZenRequest Request(string action, string subject, string resource)
    {
        string body = $$"""{"subject":{{Entity(subject)}},"action":{{Entity(action)}},"resource":{{Entity(resource)}}}""";
        return AuthZenRequest.Read(JsonDocument.Parse(body).RootElement, default, out string error) ?? throw new ArgumentException(error);
    }

    // "type id {properties}", or "name {properties}" of an action.
    private static string Entity(string text)
    {
        int brace = text.IndexOf('{', StringComparison.Ordinal);
        string properties = brace < 0 ? "" : $",\"properties\":{text[brace..]}";
        string[] words = (brace < 0 ? text : text[..brace]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [var type, var id] ? $"{{\"type\":\"{type}\",\"id\":\"{id}\"{properties}}}" : $"{{\"name\":\"{words[0]}\"{properties}}}";
    }
}
