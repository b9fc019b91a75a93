using AccessGov.Console.Pages.AccessRequests;
using AccessGov.Console.Pages.Analytics;
using AccessGov.Console.Pages.Decisions;
using AccessGov.Console.Pages.Matrix;
using AccessGov.Console.Pages.Policies;
using AccessGov.Console.Pages.Roles;
using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.PolicyDecision;
using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace AccessGov.Console;

/// <summary>The whole wiring of the service: settings, sign-in, pages, and a client of PolicyDecision for each feature.</summary>
internal static class ConsoleModule
{
    public static void AddConsole(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSettings<ConsoleOptions>(ConsoleOptions.Section);
        services.AddSignIn();
        services.AddRazorPages().AddMvcOptions(options => options.MaxModelValidationErrors = 20);
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "accessgov-console-form";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.FormFieldName = "form";
        });

        // It warns of every page that it forbids to keep what was not to be kept anyway.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);

        // Sessions live in this process; keys that outlive it would open nothing.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();

        // Paths hold the names of people and patients: calls are not logged.
        services.ConfigureHttpClientDefaults(http => http.RemoveAllLoggers());
        services.AddHttpContextAccessor();
        services.AddTransient<PersonsToken>();
        services.AddPolicyDecisionClient<PolicyDecisionCheck>();
        services.AddPolicyDecisionClient<PolicySets>();
        services.AddPolicyDecisionClient<PolicyDrafts>();
        services.AddPolicyDecisionClient<RequestedAccess>();
        services.AddPolicyDecisionClient<RecordedDecisions>();
        services.AddPolicyDecisionClient<AccessAnalytics>();
        services.AddPolicyDecisionClient<RoleDefinitions>();
        services.AddPolicyDecisionClient<PermissionMatrices>();
        services.AddHealthChecks().AddCheck<PolicyDecisionCheck>("policy-decision");
    }

    public static void MapConsole(this WebApplication app)
    {
        app.UseSecurityHeaders(app.Services.GetRequiredService<IOptions<ConsoleOptions>>().Value.IdentityFederationUrl!);
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = "/error" });
        app.UseStatusCodePagesWithReExecute("/error", "?status={0}");
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = SecurityHeaders.StaticFiles });
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapRazorPages();
        EndedSessions.Map(app);
    }

    /// <summary>A client that calls PolicyDecision with the token of whoever is signed in.</summary>
    private static IHttpClientBuilder AddPolicyDecisionClient<TClient>(this IServiceCollection services)
        where TClient : class => services
        .AddHttpClient<TClient>((provider, http) =>
        {
            string address = provider.GetRequiredService<IOptions<ConsoleOptions>>().Value.PolicyDecisionUrl!.AbsoluteUri;
            http.BaseAddress = new Uri(address.EndsWith('/') ? address : $"{address}/");
            http.Timeout = TimeSpan.FromSeconds(30);
        })
        .AddHttpMessageHandler<PersonsToken>()
        .UseSocketsHttpHandler((handler, _) =>
        {
            handler.ConnectTimeout = TimeSpan.FromSeconds(3);
            handler.AllowAutoRedirect = false;
            handler.UseCookies = false;
        });
}
