namespace AccessGov.PolicyDecision.Policies;

/// <summary>The wiring of the policy sets.</summary>
internal static class PoliciesModule
{
    public static void AddPolicies(this IServiceCollection services) => services.AddSingleton<PolicySigner>();

    public static void MapPolicies(this IEndpointRouteBuilder routes)
    {
        PublishPolicySet.Map(routes);
        RollBackPolicySet.Map(routes);
        PolicySetView.Map(routes);
        PolicySetList.Map(routes);
        PolicySetControls.Map(routes);
        PolicyBundle.Map(routes);

        // A key that cannot be read ends the start, not the first publication.
        _ = routes.ServiceProvider.GetRequiredService<PolicySigner>();
    }
}
