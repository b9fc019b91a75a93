using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Provisioning;

namespace AccessGov.IdentityFederation.Tests.Provisioning;

/// <summary>PATCH as a function of two objects.</summary>
public sealed class PatchTests
{
    private const string E = ScimClient.Enterprise;

    private const string Before =
        $$"""
        {"userName":"ada","active":true,"title":"T","name":{"givenName":"Ada","familyName":"L"},
         "emails":[{"value":"a@w","type":"work","primary":true},{"value":"a@h","type":"home"}],"{{E}}":{"department":"D"} }
        """;

    [Theory]
    [InlineData("""[{"op":"Replace","path":"active","value":"False"}]""", "active", "false")]
    [InlineData("""[{"op":"replace","value":{"active":false}}]""", "active", "false")]
    [InlineData("""[{"op":"Add","path":"TITLE","value":"U"}]""", "title", "\"U\"")]
    [InlineData("""[{"op":"remove","path":"title"}]""", "title", "null")]
    [InlineData("""[{"op":"replace","path":"title","value":null}]""", "title", "null")]
    [InlineData("""[{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:title","value":"U"}]""", "title", "\"U\"")]
    [InlineData("""[{"op":"replace","path":"name.givenName","value":"X"}]""", "name", """{"givenName":"X","familyName":"L"}""")]
    [InlineData("""[{"op":"add","path":"name","value":{"middleName":"M"}}]""", "name",
        """{"givenName":"Ada","familyName":"L","middleName":"M"}""")]
    [InlineData("""[{"op":"remove","path":"name.givenName"},{"op":"remove","path":"name.familyName"}]""", "name", "null")]
    [InlineData("""[{"op":"replace","value":{"name.givenName":"X","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"Y"}}]""", "name", """{"givenName":"X","familyName":"L"}""")]
    [InlineData("""[{"op":"replace","value":{"name.givenName":"X","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"Y"}}]""", E, """{"department":"Y"}""")]
    [InlineData("""[{"op":"add","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"costCenter":"C"}}}]""", E,
        """{"department":"D","costCenter":"C"}""")]
    [InlineData("""[{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:manager","value":"m-1"}]""", E,
        """{"department":"D","manager":{"value":"m-1"}}""")]
    [InlineData("""[{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value","value":"m-1"}]""", E,
        """{"department":"D","manager":{"value":"m-1"}}""")]
    [InlineData("""[{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.manager","value":"m-1"}]""", E,
        """{"department":"D","manager":{"value":"m-1"}}""")]
    [InlineData("""[{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":[{"value":"m-1"}]}]""",
        E, """{"department":"D","manager":{"value":"m-1"}}""")]
    [InlineData("""[{"op":"Replace","path":"active","value":[{"$ref":null,"value":"False"}]}]""", "active", "false")]
    [InlineData("""[{"op":"Add","path":"title","value":["U"]}]""", "title", "\"U\"")]
    [InlineData("""[{"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"}]""", E, "null")]
    [InlineData("""[{"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"}]""", E, "null")]
    [InlineData("""[{"op":"replace","path":"emails[type eq \"work\"].value","value":"b@w"}]""", "emails",
        """[{"value":"b@w","type":"work","primary":true},{"value":"a@h","type":"home"}]""")]
    [InlineData("""[{"op":"add","path":"emails[type eq \"other\"].value","value":"o@x"}]""", "emails",
        """[{"value":"a@w","type":"work","primary":true},{"value":"a@h","type":"home"},{"type":"other","value":"o@x"}]""")]
    [InlineData("""[{"op":"add","path":"phoneNumbers[type eq \"mobile\"].value","value":"1"}]""", "phoneNumbers",
        """[{"type":"mobile","value":"1"}]""")]
    [InlineData("""[{"op":"remove","path":"emails[type eq \"home\"]"}]""", "emails", """[{"value":"a@w","type":"work","primary":true}]""")]
    [InlineData("""[{"op":"remove","path":"emails[type eq \"none\"]"}]""", "title", "\"T\"")]
    [InlineData("""[{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"n@h","type":"home","primary":true}}]""", "emails",
        """[{"value":"a@w","type":"work","primary":false},{"value":"n@h","type":"home","primary":true}]""")]
    [InlineData("""[{"op":"add","path":"emails","value":[{"value":"c@o","primary":true},{"value":"a@h","type":"home"}]}]""", "emails",
        """[{"value":"a@w","type":"work","primary":false},{"value":"a@h","type":"home"},{"value":"c@o","primary":true}]""")]
    [InlineData("""[{"op":"add","path":"emails","value":[{"type":"work","value":"a@w","primary":true},{"value":"a@h","type":"home"}]}]""",
        "emails", """[{"value":"a@w","type":"work","primary":true},{"value":"a@h","type":"home"}]""")]
    [InlineData("""[{"op":"replace","path":"emails","value":[{"value":"only@x"}]}]""", "emails", """[{"value":"only@x"}]""")]
    [InlineData("""[{"op":"replace","path":"emails","value":[]}]""", "emails", "null")]
    [InlineData("""[{"op":"replace","value":{"id":"x","meta":{},"schemas":[],"password":"p","favourite":1,"title":"U"}}]""", "title",
        "\"U\"")]
    [InlineData("""[{"op":"replace","path":"password","value":"p"}]""", "title", "\"T\"")]
    [InlineData("""[{"OP":"add","PATH":"nickName","VALUE":"N"}]""", "nickName", "\"N\"")]
    public void Operations_change_what_they_name(string operations, string attribute, string expected)
    {
        JsonObject after = Patched(Before, operations, ScimSchemas.User);
        JsonNode.DeepEquals(after[attribute], JsonNode.Parse(expected)).ShouldBeTrue(after.ToJsonString());
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"members","value":[{"value":"c"},{"value":"a"}]}]""", "a,b,c")]
    [InlineData("""[{"op":"add","path":"members","value":{"value":"c"}}]""", "a,b,c")]
    [InlineData("""[{"op":"add","value":{"members":[{"value":"c","display":"x","type":"User"}]}}]""", "a,b,c")]
    [InlineData("""[{"op":"remove","path":"members","value":[{"value":"a"},{"value":"z"}]}]""", "b")]
    [InlineData("""[{"op":"Remove","path":"members","value":{"value":"a"}}]""", "b")]
    [InlineData("""[{"op":"Remove","path":"members","value":"a"}]""", "b")]
    [InlineData("""[{"op":"remove","path":"members","value":["a"]}]""", "b")]
    [InlineData("""[{"op":"remove","path":"members","value":""}]""", "a,b")]
    [InlineData("""[{"op":"remove","path":"members","value":[]}]""", "a,b")]
    [InlineData("""[{"op":"remove","path":"members[value eq \"a\"]"}]""", "b")]
    [InlineData("""[{"op":"remove","path":"members[value eq \"a\" or value eq \"b\"]"}]""", "")]
    [InlineData("""[{"op":"remove","path":"members"}]""", "")]
    [InlineData("""[{"op":"replace","path":"members","value":[{"value":"z"}]}]""", "z")]
    public void Members_come_and_go(string operations, string expected)
    {
        JsonObject after = Patched("""{"displayName":"G","members":[{"value":"a"},{"value":"b"}]}""", operations, ScimSchemas.Group);
        string.Join(',', (after["members"] as JsonArray ?? []).Select(member => member!["value"]!.GetValue<string>())).ShouldBe(expected);
    }

    [Theory]
    [InlineData("[]", "invalidSyntax")]
    [InlineData("[1]", "invalidSyntax")]
    [InlineData("""[{"path":"title"}]""", "invalidSyntax")]
    [InlineData("""[{"op":"move","path":"title"}]""", "invalidSyntax")]
    [InlineData("""[{"op":"remove"}]""", "noTarget")]
    [InlineData("""[{"op":"replace","path":"emails[type eq \"none\"].value","value":"x"}]""", "noTarget")]
    [InlineData("""[{"op":"replace","path":"nothing","value":"x"}]""", "invalidPath")]
    [InlineData("""[{"op":"replace","path":"emails[type eq","value":"x"}]""", "invalidPath")]
    [InlineData("""[{"op":"replace","path":"emails[nothing eq \"x\"].value","value":"x"}]""", "invalidPath")]
    [InlineData("""[{"op":"replace","path":"name[givenName eq \"x\"]","value":"x"}]""", "invalidPath")]
    [InlineData("""[{"op":"replace","path":"id","value":"x"}]""", "mutability")]
    [InlineData("""[{"op":"replace","path":"meta.version","value":"x"}]""", "mutability")]
    [InlineData("""[{"op":"remove","path":"userName"}]""", "mutability")]
    [InlineData("""[{"op":"remove","path":"active"}]""", "mutability")]
    [InlineData("""[{"op":"replace","path":"title","value":["U","V"]}]""", "invalidValue")]
    [InlineData("""[{"op":"add","path":"emails","value":[{"value":"x","primary":true},{"value":"y","primary":true}]}]""", "invalidValue")]
    [InlineData("""[{"op":"replace","path":"userName","value":""}]""", "mutability")]
    [InlineData("""[{"op":"add","path":"title"}]""", "invalidValue")]
    [InlineData("""[{"op":"replace","value":"x"}]""", "invalidValue")]
    [InlineData("""[{"op":"replace","path":"active","value":"maybe"}]""", "invalidValue")]
    [InlineData("""[{"op":"replace","path":"title","value":{"a":1}}]""", "invalidValue")]
    public void What_cannot_be_done_is_refused(string operations, string type) =>
        Should.Throw<ScimException>(() => Patched(Before, operations, ScimSchemas.User)).Type.ShouldBe(type);

    [Fact]
    public void A_refused_patch_leaves_the_resource_as_it_was()
    {
        JsonObject before = JsonNode.Parse(Before)!.AsObject();
        var request = JsonNode.Parse("""{"Operations":[{"op":"replace","path":"title","value":"U"},{"op":"remove"}]}""")!.AsObject();
        Should.Throw<ScimException>(() => ScimPatch.Apply(before, request, ScimSchemas.User));
        JsonNode.DeepEquals(before, JsonNode.Parse(Before)).ShouldBeTrue();
    }

    private static JsonObject Patched(string before, string operations, ScimResourceType type) =>
        ScimPatch.Apply(JsonNode.Parse(before)!.AsObject(), new JsonObject { ["Operations"] = JsonNode.Parse(operations) }, type);
}
