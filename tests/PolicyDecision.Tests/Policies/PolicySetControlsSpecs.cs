using System.Collections.Immutable;
using AccessGov.PolicyDecision.Policies;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Policies;

public sealed class PolicySetControlsSpecs
{
    private const string Policies = """
        @id("view") @requirement("S20, S21") permit (principal, action == Action::"view", resource);
        @id("keep") @requirement("S21") forbid (principal, action == Action::"delete", resource);
        @id("free") permit (principal, action == Action::"page", resource);
        """;

    [Fact]
    public void A_control_has_the_policies_that_name_one_of_its_requirements()
    {
        ControlsInForce controls = Of(Policies, """{"NIST": {"AC-3": ["S21"], "AC-5": ["S22"]}, "ACR": {"roles": ["S20", "S21", "S20"]}}""");

        (controls.Name, controls.Version).ShouldBe(("hospital", 3));
        controls.Frameworks.Select(framework => framework.Name).ShouldBe(["NIST", "ACR"]);
        Told(controls.Frameworks[0]).ShouldBe(["AC-3 (S21): permit view p.cedar:1, forbid keep p.cedar:2", "AC-5 (S22): "]);
        Told(controls.Frameworks[1]).ShouldBe(["roles (S20 S21): permit view p.cedar:1, forbid keep p.cedar:2"]);
        controls.UnmappedRequirements.ShouldBeEmpty();
    }

    [Fact]
    public void A_requirement_without_a_control_is_told_and_a_set_without_the_file_has_no_controls()
    {
        Of(Policies, """{"NIST": {"AC-3": ["S21"]}}""").UnmappedRequirements.ShouldBe(["S20"]);
        ControlsInForce none = Of(Policies, null);
        (none.Frameworks.Length, string.Join(' ', none.UnmappedRequirements)).ShouldBe((0, "S20 S21"));
    }

    [Fact]
    public void Permits_that_only_oblige_serve_controls_too()
    {
        PolicySetControls.Of("hospital", 1, [
            new("p.cedar", Policies),
            new("told.obligations", """@id("told") @requirement("S69") @obligation_1("{\"type\": \"custom\", \"properties\": {\"name\": \"told\"}}") permit (principal, action, resource);"""),
            new(ControlMapping.FileName, """{"NIST": {"AC-4": ["S69"]}}"""),
        ]).Frameworks[0].Controls[0].Policies.Select(policy => policy.Id).ShouldBe(["told"]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"NIST\": [\"AC-3\"]}")]
    [InlineData("{\"NIST\": {\"AC-3\": \"S21\"}}")]
    [InlineData("{\"NIST\": {\"AC-3\": [21]}}")]
    [InlineData("{\"NIST\": {\"AC-3\": [\" \"]}}")]
    [InlineData("{\"NIST\": {\"\": [\"S21\"]}}")]
    [InlineData("{\"NIST\": {}, \"NIST\": {}}")]
    [InlineData("{\"NIST\": {")]
    public void What_is_no_mapping_is_not_published(string json)
    {
        PolicyFault fault = PolicyCompiler.Check([new("p.cedar", Policies), new(ControlMapping.FileName, json)]).ShouldHaveSingleItem();

        (fault.Code, fault.File).ShouldBe((ControlMapping.Malformed, ControlMapping.FileName));
        fault.Sentence.Length.ShouldBeInRange(20, 400);
    }

    [Fact]
    public void Too_many_controls_are_not_published()
    {
        string controls = string.Join(", ", Enumerable.Range(0, 2_001).Select(i => $"\"C-{i}\": []"));

        PolicyCompiler.Check([new("p.cedar", Policies), new(ControlMapping.FileName, $"{{\"NIST\": {{{controls}}}}}")]).ShouldHaveSingleItem().Code.ShouldBe(ControlMapping.Malformed);
    }

    [Fact]
    public void Every_requirement_of_the_shipped_policies_has_a_control_and_every_control_a_policy()
    {
        string folder = WorkingCopy.PathOf("deploy", "policies");
        ControlsInForce controls = PolicySetControls.Of("hospital", 1, [.. Directory.GetFiles(folder)
            .Where(file => Path.GetExtension(file) is ".cedar" or ".obligations" or ".json").Select(file => new PolicyFile(Path.GetFileName(file), File.ReadAllText(file)))]);

        controls.Frameworks.Length.ShouldBe(3);
        controls.UnmappedRequirements.ShouldBeEmpty();
        controls.Frameworks.SelectMany(framework => framework.Controls).Where(control => control.Policies.IsEmpty).Select(control => control.Id).ShouldBeEmpty();
        controls.Frameworks.SelectMany(framework => framework.Controls).Single(control => control.Id == "AC-3(10)").Policies.Select(policy => policy.Id)
            .ShouldBe(["emergency-reader-read"]);
    }

    private static ControlsInForce Of(string policies, string? controls) => PolicySetControls.Of(
        "hospital", 3, [new("p.cedar", policies), .. controls is null ? ImmutableArray<PolicyFile>.Empty : [new PolicyFile(ControlMapping.FileName, controls)]]);

    private static IEnumerable<string> Told(Framework framework) => framework.Controls.Select(control =>
        $"{control.Id} ({string.Join(' ', control.Requirements)}): {string.Join(", ", control.Policies.Select(policy => $"{policy.Effect} {policy.Id} {policy.File}:{policy.Line}"))}");
}
