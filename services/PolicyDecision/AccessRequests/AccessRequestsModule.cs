using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>The wiring of the access requests.</summary>
internal static class AccessRequestsModule
{
    public static void AddAccessRequests(this IServiceCollection services) => services
        .AddSingleton<BindingTokens>()
        .AddSingleton<RequestableDenials>()
        .AddSingleton<RequestAccess>()
        .AddSingleton<GiveApprovedAccess>()
        .AddSubscription<ApprovedAccess>()
        .AddSingleton<AccessOffers>()
        .AddSubscription<AccessRequestList>();

    public static void MapAccessRequests(this WebApplication app)
    {
        RequestAccess.Map(app);
        AskInPerson.Map(app);
        AccessRequestTask.Map(app);
        DecideAccessRequest.Map(app);
        AccessRequestList.Map(app);
        app.MapGet(AuthZenMetadata.JwksPath, (BindingTokens tokens) => Results.Json(tokens.Jwks)).AllowAnonymous().WithTags("AuthZEN");
    }
}
