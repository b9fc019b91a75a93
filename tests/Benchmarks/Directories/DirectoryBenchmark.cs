using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation;
using AccessGov.IdentityFederation.Directories;
using AccessGov.Messaging;
using AccessGov.ServiceDefaults;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Benchmarks.Directories;

/// <summary>A hospital's whole directory is read for the first time, and again: the real service on a private PostgreSQL that keeps data, a made-up directory.</summary>
internal static class DirectoryBenchmark
{
    private const string Issuer = "https://issuer.test", Audience = "accessgov";

    public static async Task<int> RunAsync(int people)
    {
        string folder = Directory.CreateTempSubdirectory("accessgov-directory-").FullName;
        await using PostgresServer server = await PostgresServer.StartPrivateAsync();
        string database = await server.CreateDatabaseAsync();
        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.OpenAsync();
            await MessagingSchema.CreateAsync(connection);
            await MessagingSchema.GrantAsync(connection, "postgres", "identity-federation");
        }

        using var mint = TokenMint.WithNewKey(Issuer, Audience, TimeProvider.System);
        string[] directory = Files(folder);
        await using WebApplication app = ServiceHost.Build(
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", "--Logging:LogLevel:Default=Error", $"--IdentityFederation:ConnectionString={database}",
            "--IdentityFederation:PublicUrl=https://identity.test", $"--Authentication:Issuer={Issuer}", $"--Authentication:Audience={Audience}", $"--Authentication:Keys={mint.Jwks}",
            .. directory,
        ], null, services => services.AddSingleton<IDirectorySource>(new MadeUpDirectory(people)));
        await app.StartAsync();
        await app.Services.GetRequiredService<IEventStore>().Started;
        var results = new ResultTable();
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { SearchPath = "identity_federation" });
        await ExecuteAsync(source, "insert into organisation_directory (id, name, kind) values ('hospital', 'hospital', 'Hospital')");
        DirectoryRun first = await RunAsync(app, _ => true), again = await RunAsync(app, run => run.StartedAt > first.EndedAt);
        results.Add($"first full read of {people:N0} people and 100 groups", "s", 120, (first.EndedAt - first.StartedAt).TotalSeconds);
        results.Add("  people created", "people", people, first.Created, atLeast: true);
        results.Add("full read of the same again", "s", null, (again.EndedAt - again.StartedAt).TotalSeconds);
        await app.StopAsync();
        Directory.Delete(folder, recursive: true);
        return results.Print();
    }

    private static async Task<DirectoryRun> RunAsync(WebApplication app, Func<DirectoryRun, bool> wanted)
    {
        DirectoryProgress progress = app.Services.GetRequiredService<DirectoryProgress>();
        await progress.RequestAsync("ad", new DirectoryRequest(Full: true, AllowDeactivations: false, null), default);
        DirectoryRun? run = null;
        await Eventually.HoldsAsync(
            async () => (run = (await progress.ReadAsync(default)).GetValueOrDefault("ad")?.LastRun) is not null && wanted(run), "the run has ended", TimeSpan.FromMinutes(20));
        return run!;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using NpgsqlCommand command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static string[] Files(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 authority = new CertificateRequest("CN=benchmark", key, HashAlgorithmName.SHA256).CreateSelfSigned(now, now.AddDays(1));
        string ca = Path.Combine(folder, "ca.pem"), password = Path.Combine(folder, "password"), encryption = Path.Combine(folder, "key");
        File.WriteAllText(ca, authority.ExportCertificatePem());
        File.WriteAllText(password, "unused");
        File.WriteAllBytes(encryption, RandomNumberGenerator.GetBytes(32));
        (string Name, string Value)[] settings =
        [
            ("Host", "directory.test"), ("CaFile", ca), ("BindDn", "CN=reader,DC=x"), ("PasswordFile", password), ("BaseDns:0", "DC=x"), ("Organisation", "hospital"),
            ("Interval", "1.00:00:00"),
        ];
        return [$"--IdentityFederation:KeyEncryptionKeyFile={encryption}", .. settings.Select(setting => $"--IdentityFederation:Directories:ad:{setting.Name}={setting.Value}")];
    }

    private sealed class MadeUpDirectory(int people) : IDirectorySource
    {
        private readonly DirectoryEntry[] users = [.. Enumerable.Range(0, people).Select(number => Entry($"user{number}",
            ("givenName", ["Given"]), ("sn", [$"Family{number}"]), ("displayName", [$"Given Family{number}"]), ("mail", [$"user{number}@hospital.test"]),
            ("department", [$"Department {number % 50}"]), ("employeeID", [$"{number}"]), ("manager", [$"CN=user{number / 20},DC=x"]), ("userAccountControl", ["512"])))];

        private readonly DirectoryEntry[] groups = [.. Enumerable.Range(0, 100).Select(group => Entry(
            $"group{group}", ("member", [.. Enumerable.Range(0, people).Where(number => number % 100 == group).Select(number => $"CN=user{number},DC=x")])))];

        public Task<IReadOnlyList<DirectoryEntry>> ReadAsync(DirectoryOptions directory, DirectoryQuery query, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<DirectoryEntry>>(query.Kind == DirectoryEntryKind.User ? users : groups);

        private static DirectoryEntry Entry(string name, params (string Attribute, string[] Values)[] more) => new(
            $"CN={name},DC=x", Guid.NewGuid(), TimeProvider.System.GetUtcNow().AddDays(-1),
            more.Append(("sAMAccountName", [name])).ToDictionary(pair => pair.Item1, IReadOnlyList<string> (pair) => pair.Item2, StringComparer.OrdinalIgnoreCase));
    }
}
