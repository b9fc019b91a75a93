using System.Net;
using System.Text.Json.Nodes;

namespace AccessGov.PolicyDecision.Tests.Certification;

/// <summary>The AuthZEN 1.0 certification scenario, level Discovery (c-6), against the service that has a public address.</summary>
public sealed class DiscoveryCertificationTests(PolicyDecisionHost host) : IClassFixture<PolicyDecisionHost>
{
    [Fact]
    public async Task The_metadata_names_every_endpoint_by_an_https_address_and_each_is_there()
    {
        using HttpResponseMessage response = await host.Client.GetAsync(new Uri("/.well-known/authzen-configuration", UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        JsonObject metadata = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        metadata["policy_decision_point"]!.GetValue<string>().ShouldBe("https://pdp.test");
        string[] endpoints = ["access_evaluation_endpoint", "access_evaluations_endpoint", "search_subject_endpoint", "search_resource_endpoint", "search_action_endpoint"];
        foreach (string endpoint in endpoints)
        {
            var address = new Uri(metadata[endpoint]!.GetValue<string>());
            (address.Scheme, address.Host, address.Query, address.Fragment).ShouldBe(("https", "pdp.test", "", ""), endpoint);
            using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Post, address.AbsolutePath, "{}", host.Token("decisions.evaluate"));
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, endpoint);
        }
    }
}
