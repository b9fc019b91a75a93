using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AccessGov.Console.Pages.SignIn;

/// <summary>
/// The wiring of sign-in: IdentityFederation says who it is, and a cookie that scripts do not see names the session here.
/// </summary>
internal static class SignInModule
{
    public const string Path = "/sign-in";
    public const string OpenId = "openid";

    // Whoever signs in gets another key than the one in their browser, which somebody else may know.
    private const string BeginScheme = "begin";
    public const string CallbackPath = "/sign-in/callback";
    public const string SignedOutPath = "/signed-out";

    /// <summary>What the console may be asked to do for people; each gets what they may.</summary>
    private static readonly string[] Scopes =
    [
        "openid", "profile", "offline_access", "policies.manage", "policies.approve", "facts.read", "roles.manage", "grants.manage",
        "journal.read", "decisions.explain",
        "access-requests.ask", "access-requests.decide", "people.read", "people.manage", "people.suspend", "sessions.own",
        "sessions.read", "sessions.manage", "clearances.read", "clearances.write",
    ];

    /// <summary>The same where there is an audit trail.</summary>
    private static readonly string[] AuditScopes =
    [
        "audit.read", "audit.unseal", "audit.unseal.approve", "audit.hold", "audit.shred", "audit.keys", "audit.export",
    ];

    /// <summary>The same where emergency access is taken here.</summary>
    private static readonly string[] EmergencyScopes = ["emergency-access.invoke", "emergency-access.review", "emergency-access.end"];

    // IdentityFederation says when the session is over; this one only ends what is forgotten there.
    private static readonly TimeSpan SessionsLast = TimeSpan.FromHours(24);

    public static void AddSignIn(this IServiceCollection services)
    {
        services.AddSingleton<Sessions>().AddSingleton<PersonsTokens>().AddSingleton<EndedSessions>().AddTransient<SignedInPerson>();
        services.AddAuthentication(options =>
        {
            options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        }).AddCookie().AddCookie(BeginScheme).AddOpenIdConnect(OpenId, _ => { });
        foreach (string scheme in new[] { CookieAuthenticationDefaults.AuthenticationScheme, BeginScheme })
        {
            services.AddOptions<CookieAuthenticationOptions>(scheme).Configure<Sessions, IDataProtectionProvider, IOptions<ConsoleOptions>>(
                (cookie, sessions, protection, console) =>
                {
                    cookie.SessionStore = sessions;
                    cookie.TicketDataFormat = new TicketDataFormat(protection.CreateProtector("session"));
                    cookie.LoginPath = Path;
                    cookie.ReturnUrlParameter = "returnUrl";
                    cookie.SlidingExpiration = false;
                    cookie.ExpireTimeSpan = SessionsLast;
                    cookie.CookieManager = new KeyCookies(reads: scheme != BeginScheme);
                    ProtectedCookie.Name(cookie.Cookie, "accessgov-console", console.Value);
                });
        }

        services.AddOptions<OpenIdConnectOptions>(OpenId).Configure<IOptions<ConsoleOptions>>(
            (openId, console) => Configure(openId, console.Value));
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    /// <summary>The address at which somebody signs in, and comes back.</summary>
    /// <param name="returnUrl">Where to.</param>
    /// <param name="context">The authentication context that is asked for (acr_values); null for any.</param>
    /// <param name="maxAge">How many seconds ago they may have shown who they are; null for whenever.</param>
    public static string AddressFor(string returnUrl, string? context = null, string? maxAge = null) =>
        $"{Path}?returnUrl={Uri.EscapeDataString(returnUrl)}"
        + (context is null ? "" : $"&acr_values={Uri.EscapeDataString(context)}")
        + (maxAge is null ? "" : $"&max_age={Uri.EscapeDataString(maxAge)}");

    private static void Configure(OpenIdConnectOptions openId, ConsoleOptions console)
    {
        openId.Authority = console.IdentityFederationUrl!.AbsoluteUri.TrimEnd('/');
        openId.RequireHttpsMetadata = !console.IdentityFederationUrl.IsLoopback;
        openId.ClientId = console.ClientId;
        openId.ClientSecret = console.ClientSecret;
        openId.SignInScheme = BeginScheme;
        openId.SignOutScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        openId.CallbackPath = CallbackPath;
        openId.SignedOutCallbackPath = "/sign-out/callback";
        openId.SignedOutRedirectUri = SignedOutPath;
        openId.ResponseType = OpenIdConnectResponseType.Code;
        openId.ResponseMode = OpenIdConnectResponseMode.Query;
        openId.UsePkce = true;
        openId.SaveTokens = true;
        openId.MapInboundClaims = false;
        openId.GetClaimsFromUserInfoEndpoint = true;
        openId.ClaimActions.MapUniqueJsonKey("preferred_username", "preferred_username");
        openId.TokenValidationParameters.NameClaimType = "preferred_username";
        openId.BackchannelTimeout = TimeSpan.FromSeconds(10);
        openId.Scope.Clear();
        string[] scopes =
            [.. Scopes, .. console.AuditUrl is null ? [] : AuditScopes, .. console.BreakGlassUrl is null ? [] : EmergencyScopes];
        Array.ForEach(scopes, openId.Scope.Add);
        ProtectedCookie.Name(openId.CorrelationCookie, "accessgov-sign-in.", console);
        ProtectedCookie.Name(openId.NonceCookie, "accessgov-nonce.", console);
        openId.Events.OnRedirectToIdentityProvider = redirect =>
        {
            redirect.ProtocolMessage.RedirectUri = new Uri(console.PublicUrl!, CallbackPath).AbsoluteUri;
            redirect.ProtocolMessage.AcrValues = redirect.Properties.GetParameter<string>("acr_values");
            return Task.CompletedTask;
        };
        openId.Events.OnRedirectToIdentityProviderForSignOut = redirect =>
        {
            redirect.ProtocolMessage.PostLogoutRedirectUri = new Uri(console.PublicUrl!, openId.SignedOutCallbackPath).AbsoluteUri;
            return Task.CompletedTask;
        };

        openId.Events.OnTokenResponseReceived = received =>
        {
            received.Properties!.Items[Tokens.ScopeItem] = received.TokenEndpointResponse.Scope;
            received.Properties.Items[Tokens.MissingClearancesItem] =
                received.TokenEndpointResponse.GetParameter(Tokens.MissingClearancesItem);
            return Task.CompletedTask;
        };

        openId.Events.OnTicketReceived = async received =>
            received.HttpContext.RequestServices.GetRequiredService<Sessions>()
                .Forget((await received.HttpContext.AuthenticateAsync()).Properties);

        // Somebody else's answer, one that comes twice, or one that says no: the page says what to do.
        openId.Events.OnRemoteFailure = failure =>
        {
            bool away = failure.Failure is { } reason && (SignInUnreachableException.IsReason(reason)
                || (reason.InnerException is { } inner && SignInUnreachableException.IsReason(inner)));
            failure.Response.Redirect($"/sign-in/failed?code={(away ? "identity_federation_unreachable" : "sign_in_failed")}");
            failure.HandleResponse();
            return Task.CompletedTask;
        };
    }
}
