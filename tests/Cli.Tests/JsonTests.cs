using System.Text;
using System.Text.Json;

namespace AccessGov.Cli.Tests;

/// <summary>JSON that parses and still holds what is no text, or uids that are none.</summary>
public sealed class JsonTests : IDisposable
{
    private const string Half = "\\ud800";

    private readonly Folder folder = new();

    public JsonTests() => folder.Write("p.cedar", "permit(principal, action, resource);");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"requests":[{"principal":"X","action":"Action::\"v\"","resource":"P::\"p\"","decision":"allow"}]}""", "27: error: requests[0].principal: ")]
    [InlineData("""{"requests":[{"principal":{"type":"User","id":"X"},"action":"Action::\"v\"","resource":"P::\"p\"","decision":"allow"}]}""", "47: error: requests[0].principal.id: ")]
    [InlineData("""{"requests":[{"principal":"U::\"a\"","action":"Action::\"v\"","resource":"P::\"p\"","decision":"X"}]}""", "96: error: requests[0].decision: ")]
    [InlineData("""{"requests":[{"X":1}]}""", "15: error: This is not valid JSON: a key holds half of a surrogate pair")]
    [InlineData("""{"requests":[{"principal":{"typX":1}}]}""", "28: error: This is not valid JSON: a key holds")]
    [InlineData("""{"requests":[{"principal":{"__entitX":1}}]}""", "28: error: This is not valid JSON: a key holds")]
    [InlineData("""{"requests":[],"policies":"X"}""", "27: error: policies: ")]
    [InlineData("""{"requests":[],"entities":["X"]}""", "28: error: entities[0]: ")]
    [InlineData("""{"requests":[],"schema":"\u0000"}""", "25: error: schema: ")]
    public void Half_a_surrogate_in_a_file_of_cases_ends_with_2_and_is_named(string content, string place)
    {
        string file = folder.Write("x.cases.json", content.Replace("X", Half, StringComparison.Ordinal));

        CommandRun.Of("policy", "test", file).ShouldEndWith(2).Error.ShouldContain($"x.cases.json:1:{place}");
    }

    [Theory]
    [InlineData("""{"principal":"X","action":"Action::\"v\"","resource":"P::\"p\""}""", "r.jsonl:1:14: error: principal: ")]
    [InlineData("""{"principaX":"U::\"a\"","action":"Action::\"v\"","resource":"P::\"p\""}""", "r.jsonl:1:2: error: This is not valid JSON: a key holds")]
    [InlineData("""{"principal":"U::\"a\"","action":"Action::\"v\"","resource":"P::\"p\"","context":{"a":"X"}}""", "context")]
    public void Half_a_surrogate_in_a_recorded_request_ends_with_2(string line, string message)
    {
        string requests = folder.Write("r.jsonl", line.Replace("X", Half, StringComparison.Ordinal));

        CommandRun.Of("policy", "diff", folder["p.cedar"], folder["p.cedar"], "-r", requests).ShouldEndWith(2).Error.ShouldContain(message);
    }

    [Theory]
    [InlineData("""{"effecX":1}""")]
    [InlineData("""{"staticPolicies":{"X":{"effect":"permit"}}}""")]
    [InlineData("""{"":{"entityTypes":{"X":{}},"actions":{}}}""")]
    public void Half_a_surrogate_in_what_is_translated_ends_with_2(string content) =>
        CommandRun.Of("policy", "translate", folder.Write("x.json", content.Replace("X", Half, StringComparison.Ordinal))).ShouldEndWith(2).Error.ShouldNotBeEmpty();

    [Fact]
    public void JSON_that_is_no_UTF_8_is_refused_as_texts_are()
    {
        byte[] latin = Encoding.Latin1.GetBytes("""{"requests":[{"principal":"User::\"ä\"","action":"Action::\"v\"","resource":"P::\"p\"","decision":"allow"}]}""");

        CommandRun.Of("policy", "test", folder.Write("x.cases.json", latin)).ShouldEndWith(2).Error.ShouldContain("x.cases.json: this is not UTF-8 text: byte 35 is wrong");
    }

    [Theory]
    [InlineData("""{"type":"User ","id":"a"}""", "principal.type: `User ` is not an entity type such as User or Hospital::User")]
    [InlineData("""{"type":"","id":"a"}""", "principal.type: `` is not an entity type")]
    [InlineData("""{"type":"User","id":"a","name":"x"}""", "principal: there is no member `name`; the members are type, id")]
    [InlineData("""{"__entity":{"type":"User","id":"a"},"type":"User"}""", "principal: there is no member `type`; the members are __entity")]
    [InlineData("""{"__entity":{"type":"User","id":"a","x":1}}""", "principal: there is no member `x`")]
    [InlineData("""{"type":"User"}""", "principal: expected an entity uid")]
    [InlineData("[1]", "principal: expected an entity uid")]
    public void A_uid_that_is_none_is_named_with_what_would_be_right(string uid, string message)
    {
        string requests = folder.Write("r.jsonl", $$"""{"principal":{{uid}},"action":"Action::\"v\"","resource":"P::\"p\""}""");

        CommandRun.Of("policy", "diff", folder["p.cedar"], folder["p.cedar"], "-r", requests).ShouldEndWith(2).Error.ShouldContain($": error: {message}");
    }

    [Fact]
    public void Cases_over_no_policies_at_all_would_test_nothing()
    {
        string file = folder.Write("x.cases.json", """{"policies":[],"requests":[{"principal":"U::\"a\"","action":"Action::\"v\"","resource":"P::\"p\"","decision":"deny"}]}""");

        CommandRun.Of("policy", "test", file).ShouldEndWith(2).Error.ShouldContain("x.cases.json:1:13: error: policies: this list is empty");
    }

    [Fact]
    public void A_refusal_is_a_JSON_object_too_where_JSON_was_asked_for()
    {
        CommandRun refused = CommandRun.Of("policy", "test", folder["nowhere.cases.json"], "--json").ShouldEndWith(2);
        JsonElement json = refused.Json;
        json.GetProperty("ok").GetBoolean().ShouldBeFalse();
        json.GetProperty("error").GetString()!.ShouldEndWith("nowhere.cases.json: there is no such file.");
        refused.Error.ShouldContain("there is no such file.");

        CommandRun malformed = CommandRun.Of("policy", "matrix", "-p", folder.Write("bad.cedar", "permit("), "--json").ShouldEndWith(2);
        malformed.Json.GetProperty("findings")[0].GetProperty("line").GetInt32().ShouldBe(1);

        CommandRun.Of("policy", "check", "--json").ShouldEndWith(2).Json.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
        CommandRun.Of("policy", "format", "--json", folder["p.cedar"]).ShouldEndWith(2).Json.GetProperty("error").GetString()!.ShouldContain("--json");
        CommandRun.Of("policy", "test", folder["nowhere.cases.json"]).ShouldEndWith(2).Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("policy", "bogus", "--json")]
    [InlineData("bogus", "--json")]
    [InlineData("policy", "--json")]
    [InlineData("policy", "translate", "p.cedar", "--json")]
    public void A_command_line_that_is_none_is_refused_as_JSON_too(params string[] args)
    {
        CommandRun run = CommandRun.Of(args).ShouldEndWith(2);

        run.Json.GetProperty("ok").GetBoolean().ShouldBeFalse();
        run.Json.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
        CommandRun.Of([.. args.Where(word => word != "--json"), "--bogus"]).ShouldEndWith(2).Output.ShouldBeEmpty();
    }
}
