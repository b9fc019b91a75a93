using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.Testing;

/// <summary>
/// Audit as it runs in a hospital, beside the others: a process with three login roles in a database of its own, its trail and its keys in
/// a temporary folder, and the queue from which it takes what they tell. Only its public behaviour is used.
/// </summary>
public sealed class AuditProcess : IAsyncDisposable
{
    private static readonly string[] Roles = ["audit_append", "audit_seal", "audit_read"];

    private readonly string home = Directory.CreateTempSubdirectory("accessgov-audit-").FullName;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(100) };
    private ChildProcess? process;

    /// <summary>Where it answers.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Next()}/");

    /// <summary>Its trail, for whoever checks it.</summary>
    public string TrailDirectory => PathOf("trail");

    /// <summary>Starts it; it is ready when this returns.</summary>
    /// <param name="others">The services whose events it takes, which run already.</param>
    public async Task StartAsync(AccessGovProcesses others)
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string superuser = await server.CreateDatabaseAsync();
        await CreateSchemaAsync(superuser);
        await AdmitToBusAsync(others.Superuser);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Directory.CreateDirectory(PathOf("epochs"));
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = Address.AbsoluteUri.TrimEnd('/'),
            ["Authentication__Issuer"] = others.IdentityFederation.AbsoluteUri.TrimEnd('/'),
            ["Authentication__Audience"] = "accessgov",
            ["Authentication__KeysUrl"] = new Uri(others.IdentityFederation, "oauth/jwks").AbsoluteUri,
            ["Audit__AppendConnectionString"] = As("audit_append", superuser),
            ["Audit__SealConnectionString"] = As("audit_seal", superuser),
            ["Audit__ReadConnectionString"] = As("audit_read", superuser),
            ["Audit__BusConnectionString"] = As("audit_append", others.Superuser),
            ["Audit__TrailDirectory"] = PathOf("trail"),
            ["Audit__Origin"] = "hospital.test/audit",
            ["Audit__Ed25519SeedFile"] = await WriteAsync("ed25519", Random()),
            ["Audit__EcdsaKeyFile"] = await WriteAsync("ecdsa.pem", ecdsa.ExportPkcs8PrivateKeyPem()),
            ["Audit__SecretFile"] = await WriteAsync("secret", Random()),
            ["Audit__Retention__WorkEvery"] = "00:00:00.200",
            ["Audit__KeyEncryptionDirectory"] = Path.GetDirectoryName(await WriteAsync("epochs/1", Random()))!,
        };
        process = new ChildProcess("dotnet", [ChildProcess.AssemblyOf("services/Audit", "Audit")], settings);
        await Eventually.HoldsAsync(IsReadyAsync, $"Audit is ready: {process.Output}", 2 * Eventually.Bound);
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", await others.TokenAsync(AccessGovProcesses.Tests));
    }

    /// <summary>Sends events as the tests' own client; they can be searched when this returns.</summary>
    public async Task AppendAsync(params JsonObject[] events)
    {
        using (HttpResponseMessage taken = await http.PostAsJsonAsync(new Uri(Address, "events"), events))
        {
            string told = await taken.Content.ReadAsStringAsync();
            _ = taken.IsSuccessStatusCode ? told : throw new InvalidOperationException($"{(int)taken.StatusCode} {told}");
        }

        string session = events[^1]["session"]!.GetValue<string>();
        await Eventually.HoldsAsync(
            async () => (await GetAsync($"entries?limit=1000&session={session}"))["entries"]!.AsArray().Count >= events.Count(Belongs),
            "the events can be searched");

        bool Belongs(JsonObject one) => one["session"]?.GetValue<string>() == session;
    }

    /// <summary>What it answers to the tests' own client.</summary>
    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await http.GetStringAsync(new Uri(Address, path)))!;

    /// <summary>The keys that sign its checkpoints.</summary>
    public async Task<string[]> KeysAsync() =>
        [.. (await GetAsync("trail/keys"))["keys"]!.AsArray().Select(key => key!.GetValue<string>())];

    /// <summary>Stops it, and removes what it wrote.</summary>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await (process?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(home, recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        if (process!.HasExited)
        {
            throw new InvalidOperationException(process.Output);
        }

        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(Address, "health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private string PathOf(string file) => Path.Combine(home, file);

    private async Task<string> WriteAsync(string name, string content)
    {
        await File.WriteAllTextAsync(PathOf(name), content);
        return PathOf(name);
    }

    private static string Random() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    private static string As(string role, string superuser) =>
        new NpgsqlConnectionStringBuilder(superuser) { Username = role, Password = role, MaxPoolSize = 20 }.ConnectionString;

    /// <summary>The roles are those of the server, which other tests may make at the same time.</summary>
    private static async Task CreateSchemaAsync(string superuser)
    {
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand(
            string.Concat(Roles.Select(role =>
                $"do $$ begin create role {role} login password '{role}'; "
                + "exception when duplicate_object or unique_violation then null; end $$;"))
            + $"revoke all on database {connection.Database} from public; "
            + $"grant connect on database {connection.Database} to {string.Join(", ", Roles)};"
            + await File.ReadAllTextAsync(WorkingCopy.PathOf("services", "Audit", "Trail", "trail.sql")),
            connection);
        await create.ExecuteNonQueryAsync();
        await MessagingSchema.CreateAsync(connection);
        await MessagingSchema.GrantAsync(connection, "audit_append", "audit");
    }

    private static async Task AdmitToBusAsync(string superuser)
    {
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync();
        await using var grant = new NpgsqlCommand($"grant connect on database {connection.Database} to audit_append", connection);
        await grant.ExecuteNonQueryAsync();
        await MessagingSchema.GrantAsync(connection, "audit_append", "audit");
    }
}
