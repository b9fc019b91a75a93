using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>The wiring of the sign-in pages.</summary>
internal static class SignInModule
{
    public static void AddSignIn(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSingleton<SealedCookies>().AddSingleton<SignInGuard>().AddSingleton<KnownDevices>().AddSingleton<SpentChallenges>()
            .AddSingleton<SignInFailures>().AddSingleton<PasswordCheck>();
        services.AddSingleton<NeededContexts>().AddSingleton<CredentialStamps>().AddSingleton<LocalSignIn>()
            .AddSingleton<CredentialOwners>().AddSingleton<SecondFactors>().AddScoped<Passkeys>();
        services.AddHostedService<TellFailures>();
        services.AddSingleton(PageRefusals.Page);

        // Pages stand beside the features that they are of, and each names its address.
        services.AddRazorPages(pages =>
        {
            pages.RootDirectory = "/";
            pages.Conventions.ConfigureFilter(new PageHeaders());
        }).AddMvcOptions(options => options.MaxModelValidationErrors = 20).AddApplicationPart(typeof(SignInModule).Assembly);
        services.AddOptions<AntiforgeryOptions>().Configure<IOptions<IdentityFederationOptions>>((antiforgery, options) =>
        {
            bool secure = options.Value.PublicUrl!.Scheme == Uri.UriSchemeHttps;
            antiforgery.Cookie.Name = secure ? "__Host-accessgov-form" : "accessgov-form";
            antiforgery.Cookie.SecurePolicy = secure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.Path = "/";
            antiforgery.FormFieldName = "form";
            antiforgery.HeaderName = "X-Form";
        });

        // It warns of every page that it forbids to keep what was not to be kept anyway.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
    }

    /// <summary>Before everything that asks for a token: style and script are nobody's secret.</summary>
    public static void UseSignInFiles(this WebApplication app)
    {
        // Behind a proxy that ends TLS, it is the public address that says whether cookies are for TLS only.
        string scheme = app.Services.GetRequiredService<IOptions<IdentityFederationOptions>>().Value.PublicUrl!.Scheme;
        app.Use((http, next) =>
        {
            http.Request.Scheme = scheme;
            return next(http);
        });
        app.UseStaticFiles(new StaticFileOptions
        {
            OnPrepareResponse = static file =>
            {
                file.Context.Response.Headers.CacheControl = "no-cache";
                file.Context.Response.Headers.XContentTypeOptions = "nosniff";
            },
        });
    }

    public static void MapSignIn(this IEndpointRouteBuilder routes) => routes.MapRazorPages().AllowAnonymous().ExcludeFromDescription();
}
