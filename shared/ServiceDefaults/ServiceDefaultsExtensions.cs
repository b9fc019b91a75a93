using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessGov.ServiceDefaults;

/// <summary>What every host of AccessGov does in the same way. Called from each <c>Program.cs</c>: first Add, then Map, then the service's own endpoints.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>The largest body that an endpoint takes when it says nothing else: 1 MB.</summary>
    public const int BodyLimitBytes = 1024 * 1024;

    private static readonly Dictionary<string, string?> LogLevels = new(StringComparer.Ordinal)
    {
        ["Logging:LogLevel:Default"] = "Information",
        // The host's own request lines hold paths, and paths hold patient numbers.
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Npgsql"] = "Warning",
        // It logs every check of every poll, as an error while a service starts. HealthLog tells the changes instead.
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
    };

    /// <summary>
    /// Registers JSON logs, telemetry, health checks, OpenAPI, problem details, strict JSON, limits, graceful shutdown, and the authentication and the rates of callers.
    /// </summary>
    /// <param name="builder">The host that is being built.</param>
    /// <param name="service">The service's name in kebab case, for example <c>policy-decision</c>; it is in every log line and every problem type.</param>
    /// <param name="authenticateCallers">
    /// True asks for the settings under <c>Authentication</c> (<see cref="AuthenticationSettings"/>) and demands a valid token at every endpoint that
    /// does not say <c>AllowAnonymous</c>, no more often than <c>RequestRates</c> allows (<see cref="RequestRatesSettings"/>). False is for standalone use on the loopback address: nobody is asked who they are.
    /// </param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string service, bool authenticateCallers = true)
    {
        builder.Services.AddSingleton(new ServiceIdentity(service, authenticateCallers));
        builder.Services.TryAddSingleton(TimeProvider.System);

        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = LogLevels });
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(console => console.FormatterName = JsonLogLines.FormatterName);
        builder.Logging.AddConsoleFormatter<JsonLogLines, JsonLogLinesOptions>();
        builder.Services.AddHostedService<TelemetryExport>();

        builder.Services.AddHealthChecks().AddCheck<LifetimeCheck>("service", tags: [HealthEndpoints.ReadyTag]);
        builder.Services.PostConfigure<HealthCheckServiceOptions>(HealthEndpoints.Bound);
        builder.Services.AddSingleton<HealthLog>();
        builder.Services.AddOpenApi("v1", openApi =>
        {
            openApi.CreateSchemaReferenceId = SchemaNames.Of;
            openApi.AddSchemaTransformer(DescribedItemsAttribute.DescribeAsync);
        });
        builder.Services.ConfigureHttpJsonOptions(json => StrictJson.Apply(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        builder.WebHost.ConfigureKestrel(Limit);

        if (authenticateCallers)
        {
            builder.Services.AddCallerAuthentication();
            builder.Services.AddRequestRates();
        }

        return builder;
    }

    /// <summary>
    /// Puts the defaults into the request pipeline and maps <c>/health/live</c>, <c>/health/ready</c> and <c>/openapi/v1.json</c>.
    /// Call it before the service's own middleware and endpoints.
    /// </summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.UseMiddleware<RequestEnvelope>();
        app.UseRouting();
        if (app.Services.GetRequiredService<ServiceIdentity>().AuthenticateCallers)
        {
            // Resolved here so that missing or broken settings end the start, not the first request.
            app.Services.GetRequiredService<ITokenValidator>();
            app.UseAuthentication();
            app.UseRateLimiter();
            app.UseAuthorization();
        }

        HealthEndpoints.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        return app;
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyLimitBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Limits.MaxRequestHeaderCount = 100;
    }
}

/// <summary>Who this host is.</summary>
/// <param name="Name">The service's name in kebab case.</param>
/// <param name="AuthenticateCallers">False in standalone use.</param>
internal sealed record ServiceIdentity(string Name, bool AuthenticateCallers);
