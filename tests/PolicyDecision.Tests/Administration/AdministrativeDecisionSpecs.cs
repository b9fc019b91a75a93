using AccessGov.PolicyDecision.Administration;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace AccessGov.PolicyDecision.Tests.Administration;

/// <summary>Which action a scope stands for.</summary>
public sealed class AdministrativeDecisionSpecs
{
    [Theory]
    [InlineData("grants.manage", "user.manage")]
    [InlineData("relations.manage", "user.manage")]
    [InlineData("roles.manage", "system.configure")]
    [InlineData("policies.approve", "system.configure")]
    [InlineData("journal.read", "audit.review")]
    [InlineData("access-requests.decide", "access.approve")]
    [InlineData("studies.feed", null)]
    [InlineData("facts.read", null)]
    [InlineData("decisions.evaluate", null)]
    public void A_scope_stands_for_one_action(string scope, string? action) =>
        AdministrativeActions.Of(new Endpoint(null, new EndpointMetadataCollection(new AuthorizeAttribute(), new AuthorizeAttribute(scope)), null)).ShouldBe(action);

    [Fact]
    public void No_endpoint_is_no_action() => AdministrativeActions.Of(null).ShouldBeNull();
}
