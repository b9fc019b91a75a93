using AccessGov.PolicyDecision.Evaluation;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Search;

/// <summary>The wiring of the searches.</summary>
internal static class SearchModule
{
    /// <summary>The hospital's search behind the AuthZEN endpoints. Needs what the evaluation needs.</summary>
    public static IServiceCollection AddSearch(this IServiceCollection services) => services
        .AddSingleton<ISearchPoint, HospitalSearch>()
        .AddSearchEndpoint(provider => provider.GetRequiredService<IOptions<PolicyDecisionOptions>>().Value.PageTokenKeyFile);

    /// <summary>The endpoints before whichever search is registered.</summary>
    public static IServiceCollection AddSearchEndpoint(this IServiceCollection services, Func<IServiceProvider, string?> pageTokenKeyFile) => services
        .AddSingleton(provider => PageTokens.From(pageTokenKeyFile(provider)))
        .AddSingleton<HeldSearches>()
        .AddSingleton<SearchEndpoint>();

    public static void MapSearch(this WebApplication app)
    {
        SearchEndpoint endpoint = app.Services.GetRequiredService<SearchEndpoint>();
        EvaluationModule.Map<SearchDescription.Subjects, SearchDescription.FoundEntities>(app, AuthZenMetadata.SubjectSearchPath, endpoint.SearchSubjectsAsync);
        EvaluationModule.Map<SearchDescription.Resources, SearchDescription.FoundEntities>(app, AuthZenMetadata.ResourceSearchPath, endpoint.SearchResourcesAsync);
        EvaluationModule.Map<SearchDescription.Actions, SearchDescription.FoundActions>(app, AuthZenMetadata.ActionSearchPath, endpoint.SearchActionsAsync);
    }
}
