using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AccessGov.Messaging;
using AccessGov.PolicyDecision;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;
using AccessGov.ServiceDefaults;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Benchmarks.Search;

/// <summary>The decision service with its journal in mode durable, on a private PostgreSQL that keeps data, behind real HTTP and real tokens.</summary>
internal sealed class ServiceUnderLoad : IAsyncDisposable
{
    private const string Issuer = "https://issuer.test", Audience = "accessgov";

    private readonly WebApplication app;
    private readonly PostgresServer postgres;
    private readonly TokenMint mint;
    private readonly string spool;
    private readonly HttpClient client;

    private ServiceUnderLoad(WebApplication app, PostgresServer postgres, string database, TokenMint mint, string spool)
    {
        Database = database;
        this.app = app;
        this.postgres = postgres;
        this.mint = mint;
        this.spool = spool;
        client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromMinutes(5) };
        string[] scopes = ["decisions.evaluate", "roles.manage", "grants.manage", "relations.manage", "sites.manage", "policies.manage", "studies.feed", "facts.read"];
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", mint.Mint("bench", scopes, TimeSpan.FromHours(1), "somebody"));
    }

    /// <summary>A connection string of the database, as its owner.</summary>
    public string Database { get; }

    public static async Task<ServiceUnderLoad> StartAsync()
    {
        PostgresServer server = await PostgresServer.StartPrivateAsync();
        string database = await server.CreateDatabaseAsync();
        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.OpenAsync();
            await MessagingSchema.CreateAsync(connection);
            await MessagingSchema.GrantAsync(connection, "postgres", "policy-decision");
        }

        string directory = Directory.CreateTempSubdirectory("accessgov-spool-").FullName;
        var issuer = TokenMint.WithNewKey(Issuer, Audience, TimeProvider.System);
        WebApplication host = ServiceHost.Build(
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", "--Logging:LogLevel:Default=Error", $"--PolicyDecision:ConnectionString={database}",
            "--PolicyDecision:PublicUrl=https://pdp.test", "--PolicyDecision:PositionPatience=00:01:00", "--PolicyDecision:DecideAdministration=false", $"--DecisionJournal:SpoolDirectory={directory}",
            $"--Authentication:Issuer={Issuer}", $"--Authentication:Audience={Audience}", $"--Authentication:Keys={issuer.Jwks}",
        ]);
        await host.StartAsync();
        await Eventually.HoldsAsync(() => host.Services.GetRequiredService<IFacts>().IsReady, "the facts are ready");
        await Eventually.HoldsAsync(() => host.Services.GetRequiredService<StudyNews>().Listening, "the table of studies is there");
        return new ServiceUnderLoad(host, server, database, issuer, directory);
    }

    /// <summary>Sends a body and answers what came; anything but success ends the benchmark.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = new ByteArrayContent(body as byte[] ?? Encoding.UTF8.GetBytes(JsonSerializer.Serialize(body, JsonSerializerOptions.Web)));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage answer = await client.SendAsync(request);
        byte[] text = await answer.Content.ReadAsByteArrayAsync();
        return !answer.IsSuccessStatusCode ? throw new InvalidOperationException($"{path} answered {answer.StatusCode}: {Encoding.UTF8.GetString(text)}")
            : text.Length == 0 ? default
            : JsonDocument.Parse(text).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        mint.Dispose();
        await postgres.DisposeAsync();
        Directory.Delete(spool, recursive: true);
    }
}
