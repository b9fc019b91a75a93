using AccessGov.Audit.Copies;
using AccessGov.Audit.Export;
using AccessGov.Audit.Incoming;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Retention;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Search;
using AccessGov.Audit.Trail;
using AccessGov.Audit.Verification;
using AccessGov.Audit.Witnesses;
using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.Diagnostics;

namespace AccessGov.Audit;

/// <summary>The whole wiring of the service: one line for each feature to add and one to map.</summary>
internal static class AuditModule
{
    public static void AddAudit(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSettings<AuditOptions>(AuditOptions.Section);
        services.AddSingleton(Refusals.Table);
        services.AddSingleton<IExceptionHandler, TrailOutageHandler>();
        services.AddSealing();
        services.AddTrail();
        services.AddVerification();
        services.AddWitnesses();
        services.AddCopies();
        services.AddExport();
        services.AddIngest();
        services.AddIncoming(builder.Configuration);
        services.AddSearch();
        services.AddRetention();
    }

    public static void MapAudit(this WebApplication app)
    {
        app.MapTrail();
        app.MapIngest();
        app.MapSearch();
        app.MapSealing();
        app.MapRetention();
        app.MapExport();
    }
}
