using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>The wiring of the directories that people come from.</summary>
internal static class DirectoriesModule
{
    public static void AddDirectories(this IServiceCollection services)
    {
        services.AddSettings<DirectoriesOptions>(DirectoriesOptions.Section);
        services.AddSingleton<IDirectorySource, LdapDirectorySource>();
        services.AddSingleton<DirectoryProgress>().AddSingleton<DirectoryPeople>().AddSingleton<DirectoryGroups>().AddSingleton<DirectorySynchroniser>();
        services.AddHostedService<DirectorySchedule>();
        services.AddHealthChecks().AddCheck<DirectoriesHealth>("directories");
    }

    public static void MapDirectories(this IEndpointRouteBuilder routes)
    {
        DirectoryList.Map(routes);
        SynchroniseDirectory.Map(routes);
    }
}
