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
            (await scim.DoAsync("GET", $"/ResourceTypes/{type["id"]!.GetValue<string>()}"))["name"]!.GetValue<string>().ShouldBe(
                type["name"]!.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("ServiceProviderConfig", "/ServiceProviderConfig")]
    [InlineData("ResourceType", "/ResourceTypes/User")]
    [InlineData("Schema", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User")]
    public async Task What_discovery_answers_is_what_its_schema_says(string schema, string address)
    {
        JsonObject declared = await scim.DoAsync("GET", $"/Schemas/urn:ietf:params:scim:schemas:core:2.0:{schema}");
        JsonObject document = await scim.DoAsync("GET", address);
        document.Remove("schemas");
        document.Remove("meta");
        Fits(document, declared["attributes"]!.AsArray());

        static void Fits(JsonObject value, JsonArray attributes)
        {
            value.Select(member => member.Key).Except(attributes.Select(attribute => attribute!["name"]!.GetValue<string>()))
                .ShouldBeEmpty();
            foreach (JsonNode? attribute in attributes)
            {
                JsonNode? there = value[attribute!["name"]!.GetValue<string>()];
                (there is not null || !attribute["required"]!.GetValue<bool>()).ShouldBeTrue($"{attribute["name"]} is required");
                (there is JsonArray).ShouldBe(there is not null && attribute["multiValued"]!.GetValue<bool>());
                foreach (JsonObject part in (there as JsonArray ?? [there?.DeepClone()]).OfType<JsonObject>())
                {
                    Fits(part, attribute["subAttributes"]!.AsArray());
                }
            }
        }
    }

    [Theory]
    [InlineData("/Users", "GET, POST", "PUT", "PATCH", "DELETE")]
    [InlineData("/Groups/x", "GET, PUT, PATCH, DELETE", "POST")]
    [InlineData("/Users/.search", "POST", "GET")]
    [InlineData("/Bulk", "POST", "GET")]
    [InlineData("/.search", "POST", "GET")]
    [InlineData("/Schemas", "GET", "POST", "PUT", "PATCH", "DELETE")]
    [InlineData("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", "GET", "DELETE")]
    [InlineData("/ResourceTypes", "GET", "POST", "PUT", "PATCH", "DELETE")]
    [InlineData("/ServiceProviderConfig", "GET", "POST", "PUT", "PATCH", "DELETE")]
    public async Task An_address_says_what_it_takes(string address, string taken, params string[] others)
    {
        foreach (string method in others)
        {
            (int status, JsonObject body, HttpResponseMessage response) = await scim.SendAsync(
                method, address, method == "GET" ? null : new JsonObject());
            status.ShouldBe(405, $"{method} {address}");
            body["status"]!.GetValue<string>().ShouldBe("405");
            string.Join(", ", response.Content.Headers.Allow).ShouldBe(taken);
        }
    }

    [Fact]
    public async Task A_client_is_no_user_and_the_name_of_the_reference_collection_is_known()
    {
        await scim.RefusedAsync("GET", "/Me", null, 501, null);
        await scim.RefusedAsync("PATCH", "/Me", "{}", 501, null);
        (await scim.DoAsync("GET", "/serviceConfiguration"))["patch"]!["supported"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Schemas_describe_attributes_as_they_are_compared()
    {
        JsonArray schemas = (await scim.DoAsync("GET", "/Schemas"))["Resources"]!.AsArray();
        schemas.Select(schema => schema!["name"]!.GetValue<string>())
            .ShouldBe(["User", "EnterpriseUser", "Group", "ServiceProviderConfig", "ResourceType", "Schema"]);
        JsonNode user = schemas.Single(schema => schema!["name"]!.GetValue<string>() == "User")!;
        user["description"]!.GetValue<string>().ShouldContain("password is not supported");
        JsonArray attributes = user["attributes"]!.AsArray();
        attributes.Any(attribute => attribute!["name"]!.GetValue<string>() == "password").ShouldBeFalse();
        JsonNode userName = attributes.Single(attribute => attribute!["name"]!.GetValue<string>() == "userName")!;
        (userName["caseExact"]!.GetValue<bool>(), userName["required"]!.GetValue<bool>(), userName["uniqueness"]!.GetValue<string>())
            .ShouldBe((false, true, "server"));
        JsonNode emails = attributes.Single(attribute => attribute!["name"]!.GetValue<string>() == "emails")!;
        (emails["multiValued"]!.GetValue<bool>(), emails["type"]!.GetValue<string>()).ShouldBe((true, "complex"));
        emails["subAttributes"]!.AsArray().Select(part => part!["name"]!.GetValue<string>()).ShouldBe(
            ["value", "display", "type", "primary"]);
        user["description"]!.GetValue<string>().ShouldStartWith("User Account");
        await scim.RefusedAsync("GET", "/Schemas/urn:nothing", null, 404, null);
        await scim.RefusedAsync("GET", "/Schemas?filter=name%20eq%20%22User%22", null, 403, null);
    }
}
