using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.JsonPolicies;

public sealed class PolicySetJsonTests
{
    private const string Static = """{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[]}""";
    private const string Template = """{"effect":"permit","principal":{"op":"==","slot":"?principal"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[]}""";

    [Fact]
    public void A_set_with_links_goes_both_ways()
    {
        PolicySet set = PolicySet.Parse("permit(principal == ?principal, action, resource in ?resource); forbid(principal, action, resource);")
            .Link("policy0", "one", Cedar.Alice, Cedar.Photo);

        string json = PolicySetJson.Write(set);

        json.ShouldBe(
            """{"staticPolicies":{"policy1":{"effect":"forbid","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[]}},"templates":{"policy0":{"effect":"permit","principal":{"op":"==","slot":"?principal"},"action":{"op":"All"},"resource":{"op":"in","slot":"?resource"},"conditions":[]}},"templateLinks":[{"templateId":"policy0","newId":"one","values":{"?principal":{"type":"User","id":"alice"},"?resource":{"type":"Photo","id":"sea"}}}]}""");
        PolicySet read = PolicySetJson.Parse(json);
        read.Policies.Select(policy => policy.Id).ShouldBe(["policy1", "policy0", "one"]);
        read.Policies.ShouldAllBe(policy => TreeText.Of(policy.Tree) == TreeText.Of(set.Find(policy.Id)!.Tree));
        read.Find("one")!.Link.ShouldBe(set.Find("one")!.Link);
        PolicySetJson.Write(read).ShouldBe(json);
    }

    [Fact]
    public void Missing_parts_are_empty() => PolicySetJson.Parse("{}").Policies.ShouldBeEmpty();

    [Fact]
    public void A_linked_policy_by_itself_is_written_with_its_entities()
    {
        PolicySet set = PolicySet.Parse("permit(principal == ?principal, action, resource);").Link("policy0", "one", Cedar.Alice);

        PolicyJson.Write(set.Find("one")!).ShouldContain("""{"op":"==","entity":{"type":"User","id":"alice"}}""");
        PolicyFormatter.Print(set.Find("one")!).ShouldBe("permit (principal == User::\"alice\", action, resource);");
    }

    [Theory]
    [InlineData("[]", "$", "Expected a policy set, an object.")]
    [InlineData("""{"policies":{}}""", "$", "The key `policies` is unknown here; there may be staticPolicies, templates, templateLinks.")]
    [InlineData("""{"staticPolicies":[]}""", "$.staticPolicies", "Expected an object of policies by their ids.")]
    [InlineData("""{"staticPolicies":{"a":STATIC,"a":STATIC}}""", "$.staticPolicies", "The key `a` occurs twice.")]
    [InlineData("""{"staticPolicies":{"a":TEMPLATE}}""", "$.staticPolicies.a", "A static policy has no slots; this is a template.")]
    [InlineData("""{"templates":{"a":STATIC}}""", "$.templates.a", "A template has a slot in its scope.")]
    [InlineData("""{"staticPolicies":{"a":STATIC},"templates":{"a":TEMPLATE}}""", "$.templates.a", "A policy has the id `a` already.")]
    [InlineData("""{"staticPolicies":{"a b":{"effect":"x"}}}""", """$.staticPolicies["a b"]""", "The key `principal` is missing.")]
    [InlineData("""{"templateLinks":{}}""", "$.templateLinks", "Expected a list of links.")]
    [InlineData("""{"templateLinks":[{"templateId":"t","newId":"a"}]}""", "$.templateLinks[0]", "The key `values` is missing.")]
    [InlineData("""{"templateLinks":[{"templateId":"t","newId":"a","values":{"?user":1}}]}""", "$.templateLinks[0].values", "The key `?user` is unknown here; there may be ?principal, ?resource.")]
    [InlineData("""{"templateLinks":[{"templateId":"t","newId":"a","values":{"?principal":1}}]}""", """$.templateLinks[0].values["?principal"]""", "Expected an entity uid, an object with `type` and `id`.")]
    [InlineData("""{"templateLinks":[{"templateId":"t","newId":"a","values":{}}]}""", "$.templateLinks[0]", "There is no template `t`.")]
    [InlineData("""{"templates":{"t":TEMPLATE},"templateLinks":[{"templateId":"t","newId":"a","values":{"?principal":{"type":"U","id":"x"}}},{"templateId":"t","newId":"a","values":{"?principal":{"type":"U","id":"x"}}}]}""", "$.templateLinks[1]", "The id `a` is in use; a link of `t` needs an id of its own.")]
    public void A_set_that_is_none_is_refused_with_its_path(string json, string path, string problem)
    {
        string whole = json.Replace("STATIC", Static, StringComparison.Ordinal).Replace("TEMPLATE", Template, StringComparison.Ordinal);

        PolicyJsonException refused = Should.Throw<PolicyJsonException>(() => PolicySetJson.Parse(whole));

        (refused.Path, refused.Problem).ShouldBe((path, problem));
    }
}
