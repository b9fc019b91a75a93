using System.Text.Json;

namespace AccessGov.Cli.Tests;

/// <summary><c>authorize</c> and <c>explain</c>: one request.</summary>
public sealed class RequestTests : IDisposable
{
    private static readonly string[] Example =
    [
        "--policies", Repository.Example("radiology.cedar"), "--entities", Repository.Example("entities.json"), "--schema", Repository.Example("radiology.cedarschema"),
        "--principal", "User::\"ada\"", "--action", "Action::\"view\"", "--resource",
    ];

    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_allowed_request_names_its_reason()
    {
        CommandRun run = CommandRun.Of(["policy", "authorize", .. Example, "Study::\"head\"", "--context", """{"purpose":"TREAT","address":"10.1.2.3"}"""]);

        run.ShouldEndWith(0).Output.ShouldStartWith("ALLOW\nreason: radiologists-read at ");
    }

    [Fact]
    public void A_denied_request_was_answered_and_ends_with_0_unless_allow_was_expected()
    {
        string context = folder.Write("context.json", """{"purpose":"TREAT","address":"10.1.2.3"}""");
        string[] args = ["policy", "authorize", .. Example, "Study::\"chest\"", "--context", context];

        CommandRun.Of(args).ShouldEndWith(0).Output.ShouldBe("DENY\n");
        CommandRun.Of([.. args, "--expect", "deny"]).ShouldEndWith(0);
        CommandRun.Of([.. args, "--expect", "allow"]).ShouldEndWith(1);
        CommandRun.Of([.. args, "--expect", "perhaps"]).ShouldEndWith(2);
    }

    [Fact]
    public void JSON_holds_decision_reasons_and_errors()
    {
        string policies = folder.Write("p.cedar", "permit(principal, action, resource); forbid(principal, action, resource) when { context.missing };");

        JsonElement json = CommandRun.Of("policy", "authorize", "-p", policies, "--principal", "U::\"a\"", "--action", "Action::\"v\"", "--resource", "P::\"p\"", "--json").ShouldEndWith(0).Json;

        json.GetProperty("decision").GetString().ShouldBe("allow");
        json.GetProperty("reasons")[0].GetString().ShouldBe("policy0");
        json.GetProperty("errors")[0].GetProperty("policy").GetString().ShouldBe("policy1");
        json.GetProperty("errors")[0].GetProperty("kind").GetString().ShouldBe("RecordAttributeDoesNotExist");
    }

    [Theory]
    [InlineData("Study::\"head\"", """{"purpose":1,"address":"10.1.2.3"}""", "context.purpose")]
    [InlineData("Study::\"head\"", """{"purpose":""", "not valid JSON")]
    [InlineData("Study::\"head\"", "no-such-file.json", "there is no such file")]
    [InlineData("Study::\"head\"", "", "--context: this is empty; a context is a JSON object, such as {\"purpose\":\"TREAT\"}, or the name of a file with one. Leave the option out for none.\n")]
    [InlineData("Study::\"head\"", " ", "--context: this is empty")]
    [InlineData("Study::\"head\"", "null", "--context: a context is a JSON object, such as {\"purpose\":\"TREAT\"}, or the name of a file with one; `null` is neither.\n")]
    [InlineData("Study::\"head\"", "[]", "`[]` is neither")]
    [InlineData("Study::\"head\"", "[1,", "`[1,` is neither")]
    [InlineData("Study::\"head\"", "-1", "`-1` is neither")]
    [InlineData("Role::\"auditor\"", """{"purpose":"TREAT","address":"10.1.2.3"}""", "resource")]
    [InlineData("head", "{}", "is not an entity uid")]
    public void A_request_that_cannot_be_asked_ends_with_2(string resource, string context, string message) =>
        CommandRun.Of(["policy", "authorize", .. Example, resource, "--context", context]).ShouldEndWith(2).Error.ShouldContain(message);

    [Fact]
    public void An_explanation_shows_the_tree_and_what_would_allow()
    {
        CommandRun run = CommandRun.Of(["policy", "explain", .. Example, "Study::\"chest\"", "--context", """{"purpose":"TREAT","address":"10.1.2.3"}"""]);

        run.ShouldEndWith(0).Output.ShouldContain("✗ permit radiologists-read at ");
        run.Output.ShouldContain("    = context.purpose = \"TREAT\"");
        run.Output.ShouldContain("Allowed with: context.purpose = \"ETREAT\" (was \"TREAT\")");
        CommandRun.Of(["policy", "explain", .. Example, "Study::\"chest\"", "--context", """{"purpose":"TREAT","address":"10.1.2.3"}""", "--counterfactuals", "0"])
            .Output.ShouldNotContain("Allowed with");
    }

    [Fact]
    public void An_explanation_as_JSON_holds_trees_and_counterfactuals()
    {
        string[] args = ["policy", "explain", .. Example, "Study::\"chest\"", "--context", """{"purpose":"TREAT","address":"10.1.2.3"}""", "--json"];

        JsonElement json = CommandRun.Of(args).ShouldEndWith(0).Json;

        json.GetProperty("decision").GetString().ShouldBe("deny");
        json.GetProperty("policies").GetArrayLength().ShouldBe(2);
        json.GetProperty("counterfactuals").GetArrayLength().ShouldBe(3);
        CommandRun.Of([.. args, "--all"]).Json.GetProperty("policies").GetArrayLength().ShouldBe(3);
        CommandRun.Of([.. args, "--nearest", "-1"]).ShouldEndWith(2);
    }

    [Fact]
    public void An_empty_path_is_refused_in_our_words() =>
        CommandRun.Of(["policy", "authorize", "-p", "", .. Example[2..], "Study::\"head\""]).ShouldEndWith(2).Error.ShouldBe("An empty text is no path; name a file.\n");

    [Fact]
    public void A_change_that_would_allow_is_one_that_the_schema_takes()
    {
        string schema = folder.Write("s.cedarschema", "entity U { badge?: String }; entity D; action v appliesTo { principal: U, resource: D };");
        string entities = folder.Write("e.json", """[{"uid":{"type":"U","id":"a"},"attrs":{},"parents":[]},{"uid":{"type":"D","id":"d"},"attrs":{},"parents":[]}]""");
        string policies = folder.Write("p.cedar", "permit(principal, action, resource) when { principal has badge };");
        string[] args = ["policy", "explain", "-p", policies, "-e", entities, "--principal", "U::\"a\"", "--action", "Action::\"v\"", "--resource", "D::\"d\""];

        CommandRun.Of(args).ShouldEndWith(0).Output.ShouldContain("Allowed with: principal.badge = true, for example");
        CommandRun.Of([.. args, "-s", schema]).ShouldEndWith(0).Output.ShouldContain("Allowed with: principal.badge = \"example\", for example");
    }

    [Fact]
    public void A_policy_from_JSON_stands_where_its_JSON_begins()
    {
        string json = folder.Write("p.json", """
            {"templates":{},"templateLinks":[],"staticPolicies":{
              "all":{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[]}}}
            """);
        string[] args = ["-p", json, "--principal", "U::\"a\"", "--action", "Action::\"v\"", "--resource", "D::\"d\""];

        CommandRun.Of(["policy", "authorize", .. args]).ShouldEndWith(0).Output.ShouldContain($"reason: all at {json}:2:");
        CommandRun.Of(["policy", "explain", .. args]).ShouldEndWith(0).Output.ShouldContain($"permit all at {json}:2:");
    }

}
