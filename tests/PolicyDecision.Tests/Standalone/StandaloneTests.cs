namespace AccessGov.PolicyDecision.Tests.Standalone;

public sealed class StandaloneTests
{
    private const string Entities = """
        [{"uid":{"type":"user","id":"alice"},"attrs":{"role":"reader"},"parents":[{"type":"group","id":"staff"}]},
         {"uid":{"type":"record","id":"record-1"},"attrs":{"owner":{"__entity":{"type":"user","id":"alice"}},"soft":false},"parents":[]}]
        """;

    [Fact]
    public async Task Types_and_actions_are_taken_as_written()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(
            """permit (principal in group::"staff", action == Action::"read", resource is record) when { resource.owner == principal };""", Entities);

        (await point.DecisionAsync(Request("user", "alice", "read", "record", "record-1"))).ShouldBeTrue();
        (await point.DecisionAsync(Request("User", "alice", "read", "record", "record-1"))).ShouldBeFalse();
        (await point.DecisionAsync(Request("user", "alice", "Read", "record", "record-1"))).ShouldBeFalse();
    }

    [Fact]
    public async Task The_stored_value_wins_for_the_subject_and_the_requests_for_the_resource()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(
            """permit (principal, action == Action::"role", resource) when { principal.role == "admin" }; permit (principal, action == Action::"soft", resource) when { resource.soft };""",
            Entities);

        (await point.DecisionAsync(Request("user", "alice", "role", "record", "record-1", """{"role":"admin"}"""))).ShouldBeFalse();
        (await point.DecisionAsync(Request("user", "alice", "soft", "record", "record-1", "{}", """{"soft":true}"""))).ShouldBeTrue();
        (await point.DecisionAsync(Request("user", "alice", "soft", "record", "record-1"))).ShouldBeFalse();
    }

    [Fact]
    public async Task An_entity_that_is_not_stored_is_evaluated_from_its_properties_alone()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(
            """permit (principal, action, resource) when { principal has clearance && principal.clearance >= resource.level };""", Entities);

        (await point.DecisionAsync(Request("user", "zoe", "read", "record", "new", """{"clearance":3}""", """{"level":2}"""))).ShouldBeTrue();
        (await point.DecisionAsync(Request("user", "zoe", "read", "record", "new", """{"clearance":1}""", """{"level":2}"""))).ShouldBeFalse();
        (await point.DecisionAsync(Request("user", "zoe", "read", "record", "new", "{}", """{"level":2}"""))).ShouldBeFalse();
    }

    [Fact]
    public async Task Action_properties_arrive_as_context_action()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(
            """permit (principal, action, resource) when { context has action && context.action.soft && context.day == 1 };""");

        (await point.DecisionAsync("""{"subject":{"type":"u","id":"a"},"action":{"name":"x","properties":{"soft":true}},"resource":{"type":"r","id":"1"},"context":{"day":1}}""")).ShouldBeTrue();
        (await point.DecisionAsync("""{"subject":{"type":"u","id":"a"},"action":{"name":"x"},"resource":{"type":"r","id":"1"},"context":{"day":1}}""")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_schema_gives_the_actions_their_groups_and_the_entities_their_types_and_its_findings_are_told()
    {
        const string schema = """
            entity user = { address: ipaddr };
            entity record;
            action reading;
            action read in [reading] appliesTo { principal: user, resource: record };
            """;
        const string policies = """permit (principal, action in Action::"reading", resource) when { principal.address.isLoopback() && !(principal has rank) };""";
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(
            policies, """[{"uid":{"type":"user","id":"alice"},"attrs":{"address":"127.0.0.1"},"parents":[]}]""", schema: schema);

        (await point.DecisionAsync(Request("user", "alice", "read", "record", "record-1"))).ShouldBeTrue();
        point.Data.Current.Findings.ShouldBeEmpty();

        await File.WriteAllTextAsync(Path.Combine(point.Path, "policies.cedar"), "permit (principal, action, resource) when { principal.adress.isLoopback() };");
        point.Data.Refresh().ShouldBeTrue();
        point.Data.Current.Findings.ShouldHaveSingleItem().ShouldContain("policies.cedar:1:");

        await File.WriteAllTextAsync(Path.Combine(point.Path, "schema.cedarschema"), "entity user = {;");
        point.Data.Refresh().ShouldBeTrue();
        point.Data.Problem.ShouldNotBeNull().ShouldContain("schema.cedarschema:1:");
    }

    [Fact]
    public async Task Entities_that_are_not_JSON_are_refused_with_line_and_column()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync("permit (principal, action, resource);", Entities);

        await File.WriteAllTextAsync(Path.Combine(point.Path, "entities.json"), "[\n  {\"uid\" oops}]");
        point.Data.Refresh().ShouldBeTrue();
        point.Data.Problem.ShouldNotBeNull().ShouldStartWith("entities.json:2:");
        point.Data.Current.Entities.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Two_policies_with_one_id_are_told()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync("""@id("all") permit (principal, action, resource);""");
        point.Data.Current.Findings.ShouldBeEmpty();

        await File.WriteAllTextAsync(Path.Combine(point.Path, "second.cedar"), "\n@id(\"all\") forbid (principal, action, resource);");
        point.Data.Refresh().ShouldBeTrue();
        point.Data.Current.Findings.ShouldHaveSingleItem().ShouldContain("second.cedar:2:1");
    }

    [Fact]
    public async Task Strict_mode_denies_when_a_forbid_cannot_be_evaluated_and_plain_mode_skips_it()
    {
        const string policies = """permit (principal, action, resource); forbid (principal, action, resource) when { context.restricted };""";
        string request = Request("user", "alice", "read", "record", "record-1");
        await using StandaloneDecisionPoint strict = await StandaloneDecisionPoint.StartAsync(policies);
        await using StandaloneDecisionPoint plain = await StandaloneDecisionPoint.StartAsync(policies, strict: false);

        (await strict.DecisionAsync(request)).ShouldBeFalse();
        (await plain.DecisionAsync(request)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_change_is_taken_over_and_a_broken_one_leaves_the_old_policies_in_force()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync("permit (principal, action, resource);");
        string request = Request("user", "alice", "read", "record", "record-1");
        string file = Path.Combine(point.Path, "policies.cedar");

        await File.WriteAllTextAsync(file, "permit (principal, action, resource);\nforbid (principal, action);");
        point.Data.Refresh().ShouldBeTrue();
        point.Data.Problem.ShouldNotBeNull().ShouldContain("policies.cedar:2:");
        (await point.DecisionAsync(request)).ShouldBeTrue();

        await File.WriteAllTextAsync(file, "forbid (principal, action, resource);");
        point.Data.Refresh().ShouldBeTrue();
        point.Data.Problem.ShouldBeNull();
        (await point.DecisionAsync(request)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("{\"level\":1.5}")]
    [InlineData("{\"level\":{\"__expr\":\"1\"}}")]
    public async Task A_property_that_Cedar_has_no_value_for_is_named(string properties)
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync("permit (principal, action, resource);");

        using HttpResponseMessage response = await point.PostAsync(Request("user", "alice", "read", "record", "record-1", "{}", properties));

        ((int)response.StatusCode).ShouldBe(400);
        (await response.Content.ReadAsStringAsync()).ShouldStartWith("resource.properties.level: ");
    }

    private static string Request(string type, string id, string action, string resourceType, string resourceId, string subject = "{}", string resource = "{}") =>
        $$$"""
        {"subject":{"type":"{{{type}}}","id":"{{{id}}}","properties":{{{subject}}}},"action":{"name":"{{{action}}}"},
         "resource":{"type":"{{{resourceType}}}","id":"{{{resourceId}}}","properties":{{{resource}}}}}
        """;
}
