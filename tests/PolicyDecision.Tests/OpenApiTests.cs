using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.PolicyDecision.Tests;

public sealed class OpenApiTests(PolicyDecisionHost host) : IClassFixture<PolicyDecisionHost>
{
    [Fact]
    public async Task Every_route_is_in_the_document_and_every_path_of_it_is_a_route()
    {
        JsonObject paths = (await host.GetAsync("/openapi/v1.json"))["paths"]!.AsObject();
        string[] documented =
            [.. paths.SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"))];
        string[] routes = [.. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(route => (route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(method => $"{method} /{route.RoutePattern.RawText!.TrimStart('/').Replace(":int", "", StringComparison.Ordinal)}"))
            .Where(route => route != "GET /openapi/{documentName}.json")];

        routes.Length.ShouldBeGreaterThan(20);
        documented.Order(StringComparer.Ordinal).ShouldBe(routes.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("post", "/grants", "GiveGrantCommand", "subjectId role scope reason subjectType from until readOnly")]
    [InlineData("post", "/grants/{id}/revoke", "RevokeGrantCommand", "reason")]
    [InlineData("post", "/grants/import", "ImportGrantsCommand", "grants")]
    [InlineData("post", "/relations", "StartRelationCommand", "kind user patient from until")]
    [InlineData("post", "/relations/import", "ImportRelationsCommand", "relations")]
    [InlineData("put", "/sites/{id}", "DefineSiteCommand", "name timeZone workingHours networks departments archives")]
    [InlineData("put", "/network-lists/{id}", "DefineNetworkListCommand", "description networks countries")]
    [InlineData("put", "/roles/{id}", "DefineRoleCommand", "description permissions readOnly grantDaysMax request emergency")]
    [InlineData("put", "/duty-separations/{id}", "DefineDutySeparationCommand", "description roles atMost scope")]
    [InlineData("post", "/policy-sets/{name}/versions", "PublishPolicySetCommand", "files comment")]
    [InlineData("post", "/policy-sets/{name}/roll-back", "RollBackPolicySetCommand", "version")]
    [InlineData("post", "/policy-drafts", "WriteDraftCommand", "policySet files comment")]
    [InlineData("put", "/policy-drafts/{id}", "RewriteDraftCommand", "files comment baseVersion")]
    [InlineData("post", "/policy-drafts/{id}/approve", "ApproveDraftCommand", "hash")]
    [InlineData("post", "/policy-drafts/{id}/impact", "AssessImpactCommand", "from to sample")]
    [InlineData("post", "/policy-drafts/{id}/shadow", "RunShadowCommand", "hours")]
    [InlineData("post", "/policy-drafts/{id}/abandon", "AbandonDraftCommand", "reason")]
    [InlineData("post", "/studies/import", "ImportStudiesCommand", "studies")]
    [InlineData("post", "/access/v1/obligations/receipts", "GiveReceiptCommand", "evaluation_id obligation_id status detail")]
    [InlineData("post", "/access/v1/requests", "RequestAccessBody", "subject action resource context denial requested_access")]
    [InlineData("post", "/access-offers/{evaluationId}/request", "AskInPersonCommand", "hours justification")]
    [InlineData("post", "/access-requests/{id}/approve", "DecideAccessRequestCommand", "comment until")]
    [InlineData("post", "/access-requests/{id}/deny", "DecideAccessRequestDenial", "comment")]
    [InlineData("post", "/emergency-eligibility", "AskEmergencyEligibilityQuestion", "subjectId patient study denial")]
    [InlineData("post", "/emergency-evidence", "AskEmergencyEvidenceQuestion", "caseId subjectId patient from to studies")]
    [InlineData("post", "/reviewed-grants/{id}/revoke", "ApplyReviewRevocation", "reason")]
    [InlineData("post", "/reviewed-grants/{id}/replace", "ApplyReviewReplacement", "reason role readOnly until")]
    [InlineData("post", "/reviewed-grants/{id}/restore", "ApplyReviewRestoration", "reason revokedFor replacement")]
    [InlineData("post", "/explain", "ExplainDecisionBody", "evaluation_id subject action resource context")]
    [InlineData("post", "/access/v1/evaluation", "AuthZenDescriptionEvaluation", "subject action resource context")]
    [InlineData("post", "/access/v1/evaluations", "AuthZenDescriptionBatch", "subject action resource context evaluations options")]
    [InlineData("post", "/access/v1/search/subject", "SearchDescriptionSubjects", "subject action resource context page")]
    [InlineData("post", "/access/v1/search/resource", "SearchDescriptionResources", "subject action resource context page")]
    [InlineData("post", "/access/v1/search/action", "SearchDescriptionActions", "subject resource context page")]
    public async Task Every_body_has_a_schema_of_its_own(string method, string path, string schema, string members)
    {
        JsonNode document = await host.GetAsync("/openapi/v1.json");

        JsonNode body = document["paths"]![path]![method]!["requestBody"]!["content"]!["application/json"]!["schema"]!;
        body["$ref"]!.GetValue<string>().ShouldBe($"#/components/schemas/{schema}");
        document["components"]!["schemas"]![schema]!["properties"]!.AsObject().Select(member => member.Key).ShouldBe(members.Split(' '));
    }

    [Theory]
    [InlineData("ImportGrantsCommand", "grants", "GiveGrantCommand", "subjectId role scope reason subjectType from until readOnly")]
    [InlineData("ImportRelationsCommand", "relations", "StartRelationCommand", "kind user patient from until")]
    [InlineData("ImportStudiesCommand", "studies", "ImportedStudy",
        "studyInstanceUid patientId issuerOfPatientId department modality referringPhysician studyDate labels finalized accessionNumber")]
    public async Task The_items_of_an_import_are_described(string import, string member, string item, string members)
    {
        JsonNode schemas = (await host.GetAsync("/openapi/v1.json"))["components"]!["schemas"]!;

        schemas[import]!["properties"]![member]!["items"]!["$ref"]!.GetValue<string>().ShouldBe($"#/components/schemas/{item}");
        schemas[item]!["properties"]!.AsObject().Select(property => property.Key).ShouldBe(members.Split(' '));
        schemas[item]!["required"]!.AsArray().Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task No_body_is_left_out_of_the_table_above()
    {
        JsonObject paths = (await host.GetAsync("/openapi/v1.json"))["paths"]!.AsObject();
        string[] schemas = [.. paths.SelectMany(path => path.Value!.AsObject())
            .Select(operation => operation.Value!["requestBody"]?["content"]!["application/json"]!["schema"]!["$ref"]!.GetValue<string>())
            .OfType<string>()];

        int described = typeof(OpenApiTests).GetMethod(nameof(Every_body_has_a_schema_of_its_own))!.GetCustomAttributes(typeof(InlineDataAttribute), inherit: false).Length;
        schemas.Length.ShouldBe(described);
        schemas.ShouldBeUnique();
    }

    [Fact]
    public async Task The_answers_of_AuthZEN_are_described()
    {
        JsonNode document = await host.GetAsync("/openapi/v1.json");

        JsonObject answers = document["paths"]!["/access/v1/evaluation"]!["post"]!["responses"]!.AsObject();
        answers.Select(answer => answer.Key).ShouldBe(["200", "400", "401", "403", "413", "503"]);
        JsonObject schemas = document["components"]!["schemas"]!.AsObject();
        Members("AuthZenDescriptionDecision").ShouldBe(["decision", "context"]);
        Members("AuthZenDescriptionDecisionContext").ShouldBe(["evaluation_id", "reason", "reason_user", "reason_admin", "policies", "obligations", "error"]);
        schemas["AuthZenDescriptionEvaluation"]!["required"]!.AsArray().Select(member => member!.GetValue<string>()).ShouldBe(["subject", "action", "resource"]);
        schemas["AuthZenDescriptionSemantic"]!["enum"]!.AsArray().Select(member => member!.GetValue<string>())
            .ShouldBe(["execute_all", "deny_on_first_deny", "permit_on_first_permit"]);

        IEnumerable<string> Members(string schema) => schemas[schema]!["properties"]!.AsObject().Select(member => member.Key);
    }
}
