using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;

namespace AccessGov.Console.Pages.SignIn;

/// <summary>The wiring of sessions: a cookie that scripts do not see and other sites' forms do not send.</summary>
internal static class SignInModule
{
    public const string Path = "/sign-in";

    public static void AddSignIn(this IServiceCollection services)
    {
        services.AddSingleton<Sessions>();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme).Configure<Sessions>((cookie, sessions) =>
        {
            cookie.SessionStore = sessions;
            cookie.LoginPath = Path;
            cookie.ReturnUrlParameter = "returnUrl";
            cookie.SlidingExpiration = false;
            cookie.Cookie.Name = "accessgov-console";
            cookie.Cookie.HttpOnly = true;
            // Lax: a denial in a viewer leads here by a link, and whoever is signed in stays so.
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.IsEssential = true;
        });
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    public static string AddressFor(string returnUrl) => $"{Path}?returnUrl={Uri.EscapeDataString(returnUrl)}";

    /// <summary>Begins a session that ends with the token.</summary>
    public static Task BeginSessionAsync(this HttpContext http, string person, string token, DateTimeOffset until)
    {
        var properties = new AuthenticationProperties { ExpiresUtc = until, IsPersistent = false, AllowRefresh = false };
        properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = token }]);
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, person)], CookieAuthenticationDefaults.AuthenticationScheme);
        return http.SignInAsync(new ClaimsPrincipal(identity), properties);
    }
}
