using System.Net.Http.Headers;
using System.Security.Cryptography;
using AccessGov.Audit;
using AccessGov.Audit.Trail;
using AccessGov.Messaging;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace AccessGov.Benchmarks.Audit;

/// <summary>The audit service with its three roles, on a private PostgreSQL that keeps data, behind real HTTP and real tokens.</summary>
internal sealed class AuditUnderLoad : IAsyncDisposable
{
    private const string Issuer = "https://issuer.test", Audience = "accessgov";
    private static readonly string[] Roles = ["audit_append", "audit_seal", "audit_read"];
    private readonly string folder = Directory.CreateTempSubdirectory("accessgov-audit-").FullName;
    private readonly TokenMint mint = TokenMint.WithNewKey(Issuer, Audience, TimeProvider.System);
    private readonly PostgresServer postgres;
    private readonly string superuser;
    private readonly HttpClient client = new();
    private WebApplication? app;

    private AuditUnderLoad(PostgresServer postgres, string superuser) => (this.postgres, this.superuser) = (postgres, superuser);

    public static async Task<AuditUnderLoad> StartAsync()
    {
        PostgresServer server = await PostgresServer.StartPrivateAsync();
        var service = new AuditUnderLoad(server, await server.CreateDatabaseAsync());
        await using (var connection = new NpgsqlConnection(service.superuser))
        {
            await connection.OpenAsync();
            await using var roles = new NpgsqlCommand(string.Concat(Roles.Select(role => $"create role {role} login password '{role}';")),
                connection);
            await roles.ExecuteNonQueryAsync();
            await TrailSchema.CreateAsync(connection);
            await MessagingSchema.CreateAsync(connection);
            await MessagingSchema.GrantAsync(connection, "audit_append", "audit");
        }

        await service.RunAsync();
        return service;
    }

    /// <summary>Sends events, one a line; anything but 202 ends the benchmark.</summary>
    public async Task SendAsync(byte[] lines)
    {
        using var content = new ByteArrayContent(lines);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using HttpResponseMessage answer = await client.PostAsync(new Uri("/events", UriKind.Relative), content);
        if ((int)answer.StatusCode != 202)
        {
            throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>How many events have their places.</summary>
    public async Task<long> PlacedAsync()
    {
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync();
        await using var size = new NpgsqlCommand("select size from trail.head", connection);
        return (long)(await size.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app!.StopAsync();
        await app.DisposeAsync();
        mint.Dispose();
        await postgres.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task RunAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Directory.CreateDirectory(Path.Combine(folder, "epochs"));
        Write("epochs/1", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        app = ServiceHost.Build(
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", "--Logging:LogLevel:Default=Error",
            .. Roles.Select(role => $"--Audit:{char.ToUpperInvariant(role[6])}{role[7..]}ConnectionString={ConnectionOf(role)}"),
            $"--Audit:TrailDirectory={Path.Combine(folder, "trail")}", "--Audit:Origin=bench.test/audit",
            $"--Audit:Ed25519SeedFile={Write("seed", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)))}",
            $"--Audit:EcdsaKeyFile={Write("key.pem", key.ExportPkcs8PrivateKeyPem())}",
            $"--Audit:SecretFile={Write("secret", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)))}",
            $"--Audit:KeyEncryptionDirectory={Path.Combine(folder, "epochs")}",
            $"--Authentication:Issuer={Issuer}", $"--Authentication:Audience={Audience}", $"--Authentication:Keys={mint.Jwks}",
        ]);
        await app.StartAsync();
        client.BaseAddress = new Uri(app.Urls.Single());
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", mint.Mint("bench", ["audit.append"], TimeSpan.FromHours(1)));
    }

    private string ConnectionOf(string role) =>
        new NpgsqlConnectionStringBuilder(superuser) { Username = role, Password = role, MaxPoolSize = 20 }.ConnectionString;

    private string Write(string name, string content)
    {
        string file = Path.Combine(folder, name);
        File.WriteAllText(file, content);
        return file;
    }
}
