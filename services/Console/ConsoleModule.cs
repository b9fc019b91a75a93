using AccessGov.Console.Pages.AccessRequests;
using AccessGov.Console.Pages.Analytics;
using AccessGov.Console.Pages.Audit;
using AccessGov.Console.Pages.Clearances;
using AccessGov.Console.Pages.Decisions;
using AccessGov.Console.Pages.EmergencyAccess;
using AccessGov.Console.Pages.EmergencyCases;
using AccessGov.Console.Pages.Health;
using AccessGov.Console.Pages.Matrix;
using AccessGov.Console.Pages.People;
using AccessGov.Console.Pages.Policies;
using AccessGov.Console.Pages.Roles;
using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Pages.Tasks;
using AccessGov.Console.Services;
using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AccessGov.Console;

/// <summary>The whole wiring of the console: settings, sign-in, pages, and for each feature a client of the service that it asks.</summary>
internal static class ConsoleModule
{
    public static void AddConsole(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSettings<ConsoleOptions>(ConsoleOptions.Section);
        services.AddSignIn();

        // For what goes wrong before the pages are asked.
        services.AddSingleton(new ErrorPage("/console.css", "/", "Back to the overview", static (_, code) =>
            code == "malformed_request" ? "The address cannot be read. Go back and try again, or begin at the overview." : null));
        services.AddRazorPages().AddMvcOptions(options => options.MaxModelValidationErrors = 20);
        services.AddOptions<AntiforgeryOptions>().Configure<IOptions<ConsoleOptions>>((antiforgery, console) =>
        {
            ProtectedCookie.Name(antiforgery.Cookie, "accessgov-console-form", console.Value);
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.FormFieldName = "form";
        });
        services.AddOptions<CookieTempDataProviderOptions>().Configure<IOptions<ConsoleOptions>>((notice, console) =>
            ProtectedCookie.Name(notice.Cookie, "accessgov-console-notice", console.Value));

        // It warns of every page that it forbids to keep what was not to be kept anyway.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);

        // Sessions live in this process; keys that outlive it would open nothing.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();

        // Paths hold the names of people and patients: calls are not logged.
        services.ConfigureHttpClientDefaults(http => http.RemoveAllLoggers());
        services.AddHttpContextAccessor();
        services.AddTransient<PersonsToken>();
        services.AddAskedService(AskedService.PolicyDecision, "policy-decision", console => console.PolicyDecisionUrl!)
            .AddTypedClient<PolicySets>()
            .AddTypedClient<PolicyDrafts>()
            .AddTypedClient<RequestedAccess>()
            .AddTypedClient<RecordedDecisions>()
            .AddTypedClient<AccessAnalytics>()
            .AddTypedClient<RoleDefinitions>()
            .AddTypedClient<PermissionMatrices>()
            .AddTypedClient<GivenRoles>();
        services.AddAskedService(AskedService.IdentityFederation, "identity-federation", console => console.IdentityFederationUrl!)
            .AddTypedClient<KnownPeople>()
            .AddTypedClient<FiledClearances>()
            .AddTypedClient<SessionRules>()
            .AddTypedClient<OwnSessions>();
        services.AddAudit(builder.Configuration);
        services.AddBreakGlass(builder.Configuration);
        services.AddTransient<PersonsTasks>().AddTransient<ServiceHealth>();
    }

    public static void MapConsole(this WebApplication app)
    {
        app.UseSecurityHeaders(app.Services.GetRequiredService<IOptions<ConsoleOptions>>().Value.IdentityFederationUrl!);
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = "/error" });
        app.UseStatusCodePagesWithReExecute("/error", "?status={0}");
        app.UseStaticFiles(new StaticFileOptions
        {
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = SecurityHeaders.StaticFiles,
        });
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapRazorPages();
        EndedSessions.Map(app);
    }

    /// <summary>The audit trail, where there is one: without it its pages have no address.</summary>
    private static void AddAudit(this IServiceCollection services, ConfigurationManager settings)
    {
        if (services.LacksPages(settings, nameof(ConsoleOptions.AuditUrl), "/Audit"))
        {
            return;
        }

        services.AddAskedService(AskedService.Audit, "audit", console => console.AuditUrl!)
            .AddTypedClient<AuditTrail>().AddTypedClient<SealedArchive>().AddTypedClient<TrailRetention>()
            .AddTypedClient<TrailPrunings>();
    }

    /// <summary>Emergency access, where it is taken here.</summary>
    private static void AddBreakGlass(this IServiceCollection services, ConfigurationManager settings)
    {
        if (!services.LacksPages(settings, nameof(ConsoleOptions.BreakGlassUrl), "/EmergencyAccess", "/EmergencyCases"))
        {
            services.AddAskedService(AskedService.BreakGlass, "break-glass", console => console.BreakGlassUrl!)
                .AddTypedClient<OwnEmergencies>().AddTypedClient<ReviewedEmergencies>().AddTypedClient<EdgesOfArchives>();
        }
    }

    /// <summary>Without its service a folder's pages have no address.</summary>
    private static bool LacksPages(
        this IServiceCollection services, ConfigurationManager settings, string address, params IReadOnlyList<string> folders)
    {
        if (!string.IsNullOrWhiteSpace(settings[$"{ConsoleOptions.Section}:{address}"]))
        {
            return false;
        }

        services.Configure<RazorPagesOptions>(pages =>
        {
            foreach (string folder in folders)
            {
                pages.Conventions.AddFolderRouteModelConvention(folder, page => page.Selectors.Clear());
            }
        });
        return true;
    }

    /// <summary>A client that calls a service with the token of whoever is signed in, and a health check that it answers.</summary>
    private static IHttpClientBuilder AddAskedService(
        this IServiceCollection services, AskedService service, string check, Func<ConsoleOptions, Uri> addressOf)
    {
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            check,
            provider => new ServiceCheck(provider.GetRequiredService<IHttpClientFactory>(), service), failureStatus: null, tags: null));

        // Services bound the time of their health checks to five seconds.
        services.AddClient(service.HealthClient, service, addressOf, TimeSpan.FromSeconds(8));
        return services.AddClient(service.Name, service, addressOf, TimeSpan.FromSeconds(30)).AddHttpMessageHandler<PersonsToken>();
    }

    private static IHttpClientBuilder AddClient(
        this IServiceCollection services, string name, AskedService service, Func<ConsoleOptions, Uri> addressOf,
        TimeSpan timeout) => services
        .AddHttpClient(name, (provider, http) =>
        {
            string address = addressOf(provider.GetRequiredService<IOptions<ConsoleOptions>>().Value).AbsoluteUri;
            http.BaseAddress = new Uri(address.EndsWith('/') ? address : $"{address}/");
            http.Timeout = timeout;
        })
        .AddHttpMessageHandler(() => new AskedService.Naming(service))
        .UseSocketsHttpHandler((handler, _) =>
        {
            handler.ConnectTimeout = TimeSpan.FromSeconds(3);
            handler.AllowAutoRedirect = false;
            handler.UseCookies = false;
        });
}
