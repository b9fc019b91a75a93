using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.CommandEndpoints;

/// <summary>How the service's connections are set up, whatever they are for.</summary>
public static class DatabaseSettings
{
    // The statements here are short; compiling one (a tenth of a second) costs more than it can save, and a core that a decision waits for.
    private const string NoCompilation = "-c jit=off";

    /// <summary>The configured connection with its schema and its name in the server's list of sessions.</summary>
    public static NpgsqlConnectionStringBuilder Of(string connectionString, string schema, string application)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = schema, ApplicationName = application };
        settings.Options = string.IsNullOrEmpty(settings.Options) ? NoCompilation : $"{settings.Options} {NoCompilation}";
        return settings;
    }

    /// <summary>The service's connections, as its settings say.</summary>
    /// <param name="services">Where they are registered.</param>
    /// <param name="application">The service's name in the server's list of sessions.</param>
    /// <param name="of">Where the settings have the connection and the schema.</param>
    public static IServiceCollection AddDatabase<TOptions>(
        this IServiceCollection services, string application, Func<TOptions, (string ConnectionString, string Schema)> of)
        where TOptions : class => services.AddSingleton(provider =>
    {
        (string connectionString, string schema) = of(provider.GetRequiredService<IOptions<TOptions>>().Value);
        return NpgsqlDataSource.Create(Of(connectionString, schema, application));
    });

    /// <summary>The schema, where it is needed before the settings are bound.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="section">The service's section of them.</param>
    /// <param name="otherwise">The schema where they name none.</param>
    public static string SchemaOf(IConfiguration configuration, string section, string otherwise) =>
        configuration[$"{section}:Schema"] ?? otherwise;
}
