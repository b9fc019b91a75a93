using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessGov.Messaging;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.EndToEnd;

/// <summary>The policy decision service as it runs in a hospital: its own process, a database, a token issuer. Only its public behaviour is used.</summary>
internal sealed class PolicyDecisionProcess : IAsyncDisposable
{
    private static readonly string[] AllScopes =
    [
        "roles.manage", "grants.manage", "relations.manage", "sites.manage", "policies.manage", "studies.feed", "facts.read", "decisions.evaluate", "journal.read",
    ];

    private readonly ChildProcess process;
    private readonly string folder;
    private readonly HttpClient http;

    private PolicyDecisionProcess(ChildProcess process, string folder, Uri address)
    {
        this.process = process;
        this.folder = folder;
        http = new HttpClient { BaseAddress = address };
    }

    /// <summary>Names its address and clients, as deploy/up writes it.</summary>
    public string ConfigurationFile => Path.Combine(folder, "accessgov.json");

    public string Output => process.Output;

    public static async Task<PolicyDecisionProcess> StartAsync(PostgresServer server, IReadOnlyDictionary<string, string>? settings = null)
    {
        string connectionString = await CreateRoleAsync(await server.CreateDatabaseAsync());
        string home = Directory.CreateTempSubdirectory("accessgov-end-to-end-").FullName;
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        string secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            await File.WriteAllTextAsync(Path.Combine(home, "signing-key.pem"), key.ExportECPrivateKeyPem());
            await File.WriteAllTextAsync(Path.Combine(home, "public-key.pem"), key.ExportSubjectPublicKeyInfoPem());
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        await WriteAsync(home, "clients.json", new object[]
        {
            new { id = "demo", secretSha256 = hash, scopes = AllScopes }, new { id = "viewer", secretSha256 = hash, scopes = new[] { "images.open" }, actsForUsers = true },
            new { id = "policy-desk", secretSha256 = hash, scopes = new[] { "policies.manage", "facts.read" }, actsForUsers = true },
        });
        await WriteAsync(home, "accessgov.json", new
        {
            policyDecision = new { url = address.AbsoluteUri },
            clients = new[] { "demo", "viewer", "policy-desk" }.ToDictionary(id => id, id => new { id, secret }, StringComparer.Ordinal),
        });
        var environment = new Dictionary<string, string>(settings ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = address.AbsoluteUri,
            ["PolicyDecision__ConnectionString"] = connectionString,
            ["PolicyDecision__PublicUrl"] = address.AbsoluteUri,
            ["DecisionJournal__ConnectionString"] = connectionString,
            ["DecisionJournal__SpoolDirectory"] = Path.Combine(home, "spool"),
            ["Authentication__Issuer"] = "https://issuer.test",
            ["Authentication__Audience"] = "accessgov",
            ["Authentication__KeysFile"] = Path.Combine(home, "public-key.pem"),
            ["DevelopmentTokens__SigningKeyFile"] = Path.Combine(home, "signing-key.pem"),
            ["DevelopmentTokens__ClientsFile"] = Path.Combine(home, "clients.json"),
            ["PolicyDecision__ForwardAuth__TrustedProxies__0"] = "127.0.0.1/32",
        };
        var started = new PolicyDecisionProcess(new ChildProcess("dotnet", [Repository.AssemblyOf("PolicyDecision")], environment), home, address);
        await started.UntilReadyAsync();
        await started.SignInAsync(secret);
        return started;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => http.GetAsync(new Uri(path, UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await process.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The service's own login role, which can touch nothing but its schema and its queue, as deploy/up makes it.</summary>
    private static async Task<string> CreateRoleAsync(string superuser)
    {
        string role = $"policy_decision_{Guid.NewGuid():n}";
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand(
            $"""
            create role {role} login password '{role}';
            create schema policy_decision authorization {role};
            revoke all on database {connection.Database} from public;
            grant connect on database {connection.Database} to {role}
            """, connection);
        await create.ExecuteNonQueryAsync();
        await MessagingSchema.CreateAsync(connection);
        await MessagingSchema.GrantAsync(connection, role, "policy-decision");
        return new NpgsqlConnectionStringBuilder(superuser) { Username = role, Password = role }.ConnectionString;
    }

    private async Task UntilReadyAsync()
    {
        try
        {
            await Eventually.HoldsAsync(async () =>
            {
                process.HasExited.ShouldBeFalse(process.Output);
                try
                {
                    using HttpResponseMessage answer = await GetAsync("/health/ready");
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            }, "the service is ready", 2 * Eventually.Bound);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{process.Output}", late);
        }
    }

    private async Task SignInAsync(string secret)
    {
        using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", "demo"), new("client_secret", secret)]);
        using HttpResponseMessage answer = await http.PostAsync(new Uri("/development/token", UriKind.Relative), form);
        answer.EnsureSuccessStatusCode();
        string token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    private static Task WriteAsync(string folder, string name, object content) =>
        File.WriteAllTextAsync(Path.Combine(folder, name), JsonSerializer.Serialize(content, JsonSerializerOptions.Web));
}
