using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace AccessGov.ServiceDefaults.Tests;

/// <summary>A service that issues development tokens to three clients, and takes them.</summary>
internal sealed class DevelopmentIssuer : IAsyncDisposable
{
    public const string Secret = "3f786850e387550fdab836ed7e6dc881de23001b";

    private readonly string folder = Directory.CreateTempSubdirectory("accessgov-tokens-").FullName;
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private DevelopmentIssuer()
    {
    }

    public RunningService Service { get; private set; } = null!;

    public string KeyFile => Path.Combine(folder, "key.pem");

    public Dictionary<string, string?> Settings => new(StringComparer.Ordinal)
    {
        ["Authentication:Keys"] = key.ExportSubjectPublicKeyInfoPem(),
        ["DevelopmentTokens:SigningKeyFile"] = KeyFile,
        ["DevelopmentTokens:ClientsFile"] = Path.Combine(folder, "clients.json"),
    };

    public static async Task<DevelopmentIssuer> StartAsync()
    {
        var issuer = new DevelopmentIssuer();
        await File.WriteAllTextAsync(issuer.KeyFile, issuer.key.ExportECPrivateKeyPem());
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));
        string odd = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("a:b c+d%é")));
        await File.WriteAllTextAsync(Path.Combine(issuer.folder, "clients.json"),
            $$"""
            [{"id":"pacs","secretSha256":"{{hash}}","scopes":["things.read","things.write"]},
             {"id":"odd:client","secretSha256":"{{odd}}","scopes":["things.read"]},
             {"id":"viewer","secretSha256":"{{hash}}","scopes":["things.read"],"actsForUsers":true}]
            """);
        issuer.Service = await RunningService.StartAsync(
            app =>
            {
                app.MapDevelopmentTokens();
                app.MapGet("/things", (CallerIdentity caller) => $"{caller.ClientId} for {caller.Subject}").RequireAuthorization("things.read");
            },
            settings: issuer.Settings, environment: "Development");
        return issuer;
    }

    public async Task<(HttpStatusCode Status, JsonElement Answer)> AskAsync(string? basic, params (string Name, string Value)[] form)
    {
        HttpResponseMessage response = await PostAsync("/development/token", basic, form);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string? basic, params (string Name, string Value)[] form)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        if (basic is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        }

        return Service.Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        key.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
