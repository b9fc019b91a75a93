using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace AccessGov.ServiceDefaults;

/// <summary>OAuth 2.0 client credentials (RFC 6749, 4.4) for development, until a real issuer is configured.</summary>
public static class DevelopmentTokenEndpoints
{
    /// <summary>
    /// Maps <c>POST /development/token</c> (with the parameter <c>subject</c> of our own, for clients that act for users) and <c>GET /development/jwks</c> when the section <c>DevelopmentTokens</c> is configured, else nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is configured and the environment is not Development: the service does not start.</exception>
    public static WebApplication MapDevelopmentTokens(this WebApplication app)
    {
        IConfigurationSection section = app.Configuration.GetSection(DevelopmentTokenSettings.Section);
        if (!section.Exists())
        {
            return app;
        }

        if (!app.Environment.IsDevelopment())
        {
            throw new InvalidOperationException(
                $"DevelopmentTokens is configured, but the environment is {app.Environment.EnvironmentName}. Development tokens are for the environment Development only: "
                + "remove the section and configure Authentication with the keys of a real issuer.");
        }

        DevelopmentTokenSettings settings = Read(section);
        AuthenticationSettings authentication = app.Services.GetRequiredService<IOptions<AuthenticationSettings>>().Value;
        var mint = new DevelopmentTokenMint(
            File.ReadAllText(settings.SigningKeyFile), authentication.Issuer, authentication.Audience, app.Services.GetRequiredService<TimeProvider>());
        app.Lifetime.ApplicationStopped.Register(mint.Dispose);
        var issuer = new Issuer(mint, ReadClients(settings.ClientsFile), authentication.Audience, settings.Lifetime);

        app.MapPost("/development/token", (Delegate)issuer.AnswerAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/development/jwks", () => Results.Text(mint.Jwks, "application/jwk-set+json")).AllowAnonymous().ExcludeFromDescription();
        return app;
    }

    private static DevelopmentTokenSettings Read(IConfigurationSection section)
    {
        var settings = section.Get<DevelopmentTokenSettings>() ?? new DevelopmentTokenSettings();
        foreach (string setting in new[] { nameof(settings.SigningKeyFile), nameof(settings.ClientsFile) })
        {
            if (!File.Exists(section[setting]))
            {
                throw new InvalidOperationException($"Setting DevelopmentTokens:{setting}: it must name a file that exists.");
            }
        }

        return settings;
    }

    private static Dictionary<string, DevelopmentClient> ReadClients(string file)
    {
        DevelopmentClient[] clients = JsonSerializer.Deserialize<DevelopmentClient[]>(File.ReadAllText(file), StrictJson.Options) ?? [];
        return clients.Length > 0 && clients.All(client => client.SecretSha256.Length == 64)
            ? clients.ToDictionary(client => client.Id, StringComparer.Ordinal)
            : throw new InvalidOperationException($"{file} must hold at least one client, each with the SHA-256 of its secret in 64 hexadecimal digits.");
    }

    private sealed class Issuer(DevelopmentTokenMint mint, Dictionary<string, DevelopmentClient> clients, string audience, TimeSpan lifetime)
    {
        private const int SubjectLengthMax = 200;

        public async Task<IResult> AnswerAsync(HttpContext context)
        {
            if (!context.Request.HasFormContentType)
            {
                return Error("invalid_request", "Send the request as application/x-www-form-urlencoded.");
            }

            IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
            if (form.Any(field => field.Value.Count > 1))
            {
                return Error("invalid_request", "A parameter is repeated.");
            }

            StringValues authorization = context.Request.Headers.Authorization;
            if (authorization.Count > 0 && form.ContainsKey("client_secret"))
            {
                return Error("invalid_request", "Send the client's secret in one way, not in two.");
            }

            return Authenticate(authorization.ToString(), form) is { } client ? Grant(client, form) : InvalidClient(context);
        }

        private IResult Grant(DevelopmentClient client, IFormCollection form)
        {
            string grantType = form["grant_type"].ToString();
            if (grantType != "client_credentials")
            {
                return grantType.Length == 0
                    ? Error("invalid_request", "grant_type is missing.")
                    : Error("unsupported_grant_type", "Only client_credentials is supported.");
            }

            if (form["resource"].ToString() is { Length: > 0 } resource && resource != audience)
            {
                return Error("invalid_target", $"Tokens are issued for {audience} only.");
            }

            string? subject = form["subject"].ToString() is { Length: > 0 } named ? named : null;
            if (subject is not null && (!client.ActsForUsers || subject == client.Id || subject.Length > SubjectLengthMax || subject.Any(char.IsControl)))
            {
                return Error("unauthorized_client", "The client may not act for a user.");
            }

            string[] asked = form["scope"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] given = asked.Length == 0 ? client.Scopes : [.. asked.Distinct(StringComparer.Ordinal)];
            return given.Except(client.Scopes, StringComparer.Ordinal).Any()
                ? Error("invalid_scope", "The client may not have a scope that it asks for.")
                : Results.Json(new
                {
                    access_token = mint.Mint(client.Id, given, lifetime, subject),
                    token_type = "Bearer",
                    expires_in = (long)lifetime.TotalSeconds,
                    scope = string.Join(' ', given),
                });
        }

        private DevelopmentClient? Authenticate(string authorization, IFormCollection form)
        {
            (string id, string secret) = authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
                ? FromBasic(authorization["Basic ".Length..].Trim())
                : authorization.Length > 0 ? ("", "") : (form["client_id"].ToString(), form["client_secret"].ToString());
            byte[] shown = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
            return clients.TryGetValue(id, out DevelopmentClient? client)
                && CryptographicOperations.FixedTimeEquals(shown, Convert.FromHexString(client.SecretSha256)) ? client : null;
        }

        /// <summary>RFC 6749, 2.3.1: both parts are form-encoded before they are joined.</summary>
        private static (string Id, string Secret) FromBasic(string encoded)
        {
            byte[] decoded = new byte[encoded.Length];
            if (!Convert.TryFromBase64String(encoded, decoded, out int length))
            {
                return ("", "");
            }

            string[] parts = Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2);
            return parts.Length == 2 ? (Decoded(parts[0]), Decoded(parts[1])) : ("", "");
        }

        private static string Decoded(string part) => Uri.UnescapeDataString(part.Replace('+', ' '));

        private static IResult InvalidClient(HttpContext context)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"accessgov\"";
            return Error("invalid_client", "The client is not known or its secret is wrong.", StatusCodes.Status401Unauthorized);
        }

        /// <summary>RFC 6749, 5.2.</summary>
        private static IResult Error(string error, string sentence, int status = StatusCodes.Status400BadRequest) =>
            Results.Json(new { error, error_description = sentence }, statusCode: status);
    }
}
