using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Tests.Provisioning;

public sealed class DiscoveryTests(ScimClient scim) : IClassFixture<ScimClient>
{
    [Fact]
    public async Task The_service_says_what_it_can_do()
    {
        JsonObject configuration = await scim.DoAsync("GET", "/ServiceProviderConfig");
        configuration["filter"]!.ToJsonString().ShouldBe("""{"supported":true,"maxResults":200}""");
        configuration["bulk"]!.ToJsonString().ShouldBe("""{"supported":true,"maxOperations":1000,"maxPayloadSize":1048576}""");
        configuration["changePassword"]!["supported"]!.GetValue<bool>().ShouldBeFalse();
        foreach (string feature in new[] { "patch", "sort", "etag" })
        {
            configuration[feature]!["supported"]!.GetValue<bool>().ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Resource_types_lead_to_their_schemas()
    {
        JsonArray types = (await scim.DoAsync("GET", "/ResourceTypes"))["Resources"]!.AsArray();
        types.Select(type => type!["endpoint"]!.GetValue<string>()).ShouldBe(["/Users", "/Groups"]);
        types[0]!["schemaExtensions"]![0]!["schema"]!.GetValue<string>().ShouldBe(ScimClient.Enterprise);
        foreach (JsonNode? type in types)
        {
            JsonObject schema = await scim.DoAsync("GET", $"/Schemas/{type!["schema"]!.GetValue<string>()}");
            schema["attributes"]!.AsArray().ShouldNotBeEmpty();
            (await scim.DoAsync("GET", $"/ResourceTypes/{type["id"]!.GetValue<string>()}"))["name"]!.GetValue<string>().ShouldBe(type["name"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Schemas_describe_attributes_as_they_are_compared()
    {
        JsonArray schemas = (await scim.DoAsync("GET", "/Schemas"))["Resources"]!.AsArray();
        schemas.Count.ShouldBe(3);
        JsonNode user = schemas.Single(schema => schema!["name"]!.GetValue<string>() == "User")!;
        user["description"]!.GetValue<string>().ShouldContain("password is not supported");
        JsonArray attributes = user["attributes"]!.AsArray();
        attributes.Any(attribute => attribute!["name"]!.GetValue<string>() == "password").ShouldBeFalse();
        JsonNode userName = attributes.Single(attribute => attribute!["name"]!.GetValue<string>() == "userName")!;
        (userName["caseExact"]!.GetValue<bool>(), userName["required"]!.GetValue<bool>(), userName["uniqueness"]!.GetValue<string>()).ShouldBe((false, true, "server"));
        JsonNode emails = attributes.Single(attribute => attribute!["name"]!.GetValue<string>() == "emails")!;
        (emails["multiValued"]!.GetValue<bool>(), emails["type"]!.GetValue<string>()).ShouldBe((true, "complex"));
        emails["subAttributes"]!.AsArray().Select(part => part!["name"]!.GetValue<string>()).ShouldBe(["value", "display", "type", "primary"]);
        await scim.RefusedAsync("GET", "/Schemas/urn:nothing", null, 404, null);
        await scim.RefusedAsync("GET", "/Schemas?filter=name%20eq%20%22User%22", null, 403, null);
    }
}
