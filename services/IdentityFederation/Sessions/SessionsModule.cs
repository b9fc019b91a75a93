using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Sessions;

/// <summary>The wiring of sessions: a cookie that scripts do not see and other sites' forms do not send.</summary>
internal static class SessionsModule
{
    public const string SignInPath = "/sign-in";

    public static void AddSessions(this IServiceCollection services)
    {
        services.AddSettings<SessionLimits>(SessionLimits.Section);
        services.AddSingleton<IValidateOptions<SessionLimits>, SensibleLimits>();
        services.AddHttpContextAccessor();
        services.AddSingleton<OpenSessions>().AddSingleton<SessionBeginning>().AddSingleton<SessionTickets>();
        services.AddSingleton<SessionActivity>().AddHostedService(provider => provider.GetRequiredService<SessionActivity>());
        services.AddHealthChecks().AddCheck<SessionActivity>("sessions", tags: [HealthEndpoints.ReadyTag]);
        services.AddDataProtection().SetApplicationName(Refusals.Service);
        services.AddSingleton<ProtectionKeys>();
        services.AddOptions<KeyManagementOptions>().Configure<ProtectionKeys>((keys, repository) => keys.XmlRepository = repository);
        services.AddAuthentication().AddCookie(SessionTickets.Scheme).AddCookie(SessionTickets.SignInScheme);
        foreach (string scheme in new[] { SessionTickets.Scheme, SessionTickets.SignInScheme })
        {
            services.AddOptions<CookieAuthenticationOptions>(scheme)
                .Configure<SessionTickets, IDataProtectionProvider, IOptions<IdentityFederationOptions>>(
                    (cookie, tickets, protection, options) => Configure(cookie, scheme, tickets, protection, options.Value));
        }
    }

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        SessionList.Map(routes);
        StatedLimits.Map(routes);
        EndSession.Map(routes);
    }

    private static void Configure(
        CookieAuthenticationOptions cookie, string scheme, SessionTickets tickets, IDataProtectionProvider protection,
        IdentityFederationOptions options)
    {
        bool secure = options.PublicUrl!.Scheme == Uri.UriSchemeHttps;
        cookie.SessionStore = tickets;
        cookie.TicketDataFormat =
            new Microsoft.AspNetCore.Authentication.TicketDataFormat(protection.CreateProtector(SessionTickets.Scheme));
        cookie.LoginPath = SignInPath;
        cookie.AccessDeniedPath = SignInPath;
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.SlidingExpiration = false;
        // How long a session lasts is the session's matter.
        cookie.ExpireTimeSpan = TimeSpan.FromDays(31);
        cookie.Cookie.Name = secure ? "__Host-accessgov-session" : "accessgov-session";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SecurePolicy = secure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        // Lax: the console and viewers lead here by a link, and whoever is signed in stays so.
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.Path = "/";
        cookie.Cookie.IsEssential = true;
        cookie.CookieManager = new KeyCookies(reads: scheme == SessionTickets.Scheme);
    }

    /// <summary>The scheme that signs in sees no cookie, so that it never goes on under a key that somebody else may know.</summary>
    private sealed class KeyCookies(bool reads) : ICookieManager
    {
        private readonly ChunkingCookieManager cookies = new();

        public string? GetRequestCookie(HttpContext context, string key) => reads ? cookies.GetRequestCookie(context, key) : null;

        public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
            cookies.AppendResponseCookie(context, key, value, options);

        public void DeleteCookie(HttpContext context, string key, CookieOptions options) => cookies.DeleteCookie(context, key, options);
    }

    private sealed class SensibleLimits : IValidateOptions<SessionLimits>
    {
        public ValidateOptionsResult Validate(string? name, SessionLimits options) =>
            options.Fault is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
    }
}
