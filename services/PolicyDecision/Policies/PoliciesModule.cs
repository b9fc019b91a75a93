namespace AccessGov.PolicyDecision.Policies;

/// <summary>The wiring of the policy sets.</summary>
internal static class PoliciesModule
{
    public static void MapPolicies(this IEndpointRouteBuilder routes)
    {
        PublishPolicySet.Map(routes);
        RollBackPolicySet.Map(routes);
        PolicySetView.Map(routes);
    }
}
