using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AccessGov.ServiceDefaults;

/// <summary>OAuth 2.0 client credentials (RFC 6749, 4.4) and revocation (RFC 7009) for development, until a real issuer is configured.</summary>
public static class DevelopmentTokenEndpoints
{
    private const string Tag = "Development";
    private static readonly string[] Credentials = ["client_id", "client_secret"];

    /// <summary>
    /// Maps <c>POST /development/token</c> (with the parameter <c>subject</c> of our own, for clients that act for users, who signed in as <c>acr_values</c> says), <c>POST /development/revoke</c> and
    /// <c>GET /development/jwks</c> when the section <c>DevelopmentTokens</c> is configured, else nothing.
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
        var clients = new DevelopmentClients(ReadClients(settings.ClientsFile));
        var issuer = new DevelopmentTokenIssuer(mint, authentication.Audience, settings.Lifetime);
        var revocation = new DevelopmentTokenRevocation(app.Services.GetRequiredService<ITokenValidator>());

        Delegate grant = (HttpContext context) => clients.AnswerAsync(context, (client, form) => ValueTask.FromResult(issuer.Grant(client, form)));
        Delegate revoke = (HttpContext context) =>
            clients.AnswerAsync(context, (client, form) => revocation.RevokeAsync(client, form, context.RequestAborted));
        app.MapPost("/development/token", grant).AllowAnonymous().WithTags(Tag).WithDescribedForm(["grant_type"], ["scope", "resource", "subject", "acr_values", .. Credentials]);
        app.MapPost("/development/revoke", revoke).AllowAnonymous().WithTags(Tag).WithDescribedForm(["token"], ["token_type_hint", .. Credentials]);
        app.MapGet("/development/jwks", () => Results.Text(mint.Jwks, "application/jwk-set+json")).AllowAnonymous().WithTags(Tag);
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
}
