namespace AccessGov.Audit.Search;

/// <summary>The wiring of the search.</summary>
internal static class SearchModule
{
    public static void AddSearch(this IServiceCollection services)
    {
        services.AddSingleton<SearchState>().AddSingleton<EntrySearch>().AddSingleton<ReadingNoted>();
        services.AddHostedService<TrailIndexer>();
        services.AddHealthChecks().AddCheck<SearchState>("search");
    }

    public static void MapSearch(this IEndpointRouteBuilder routes) => FindEntries.Map(routes);
}
