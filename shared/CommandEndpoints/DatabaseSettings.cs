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
}
