using AccessGov.Audit.Ingest.Events;
using AccessGov.Audit.Ingest.Fhir;
using AccessGov.Audit.Ingest.Syslog;
using AccessGov.ServiceDefaults;

namespace AccessGov.Audit.Ingest;

/// <summary>The wiring of what comes from outside.</summary>
internal static class IngestModule
{
    public static void AddIngest(this IServiceCollection services)
    {
        services.AddSettings<SyslogOptions>(SyslogOptions.Section);
        services.AddSingleton<Intake>().AddSingleton<IngestState>();
        services.AddHostedService<SyslogListener>();
        services.AddHealthChecks().AddCheck<IngestState>("ingest");
    }

    public static void MapIngest(this IEndpointRouteBuilder routes)
    {
        PostEvents.Map(routes);
        FhirEndpoints.Map(routes);
        CompletenessReport.Map(routes);
    }
}
