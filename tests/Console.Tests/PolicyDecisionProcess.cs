using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Messaging;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.Console.Tests;

/// <summary>The real PolicyDecision in a process of its own, with a fresh database, the shipped policies, and a few people, grants and studies.</summary>
public sealed class PolicyDecisionProcess : IAsyncDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("accessgov-console-tests-").FullName;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly HttpClient http = new();
    private Process? process;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Next()}/");

    /// <summary>The secret of every client; the console's, above all.</summary>
    public string Secret { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Starts it; it is ready when this returns.</summary>
    /// <param name="console">Where the console will be, for the addresses that denials name.</param>
    public async Task StartAsync(Uri console)
    {
        http.BaseAddress = Address;
        string connection = await CreateDatabaseAsync();
        await WriteKeysAsync();
        await WriteClientsAsync();
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(AssemblyOf("PolicyDecision"));
        (string Name, string Value)[] settings =
        [
            ("ASPNETCORE_ENVIRONMENT", "Development"), ("ASPNETCORE_URLS", Address.AbsoluteUri.TrimEnd('/')),
            ("PolicyDecision__ConnectionString", connection), ("PolicyDecision__PublicUrl", Address.AbsoluteUri), ("PolicyDecision__ConsoleUrl", console.AbsoluteUri),
            // A busy machine must not fail a test that reads right after a command.
            ("PolicyDecision__PositionPatience", "00:01:00"), ("PolicyDecision__FactsLease", "00:00:45"),
            ("PolicyDecision__AccessRequestKeyFile", PathOf("key.pem")), ("PolicyDecision__PolicySigningKeyFile", PathOf("key.pem")),
            ("DecisionJournal__ConnectionString", connection), ("DecisionJournal__SpoolDirectory", PathOf("spool")),
            ("Authentication__Issuer", "https://issuer.test"), ("Authentication__Audience", "accessgov"), ("Authentication__KeysFile", PathOf("public.pem")),
            ("DevelopmentTokens__SigningKeyFile", PathOf("key.pem")), ("DevelopmentTokens__ClientsFile", PathOf("clients.json")),
        ];
        Array.ForEach(settings, setting => start.Environment[setting.Name] = setting.Value);
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        ProcessGuard.EndWithThisProcess(process);
        await Eventually.HoldsAsync(IsReadyAsync, $"PolicyDecision is ready: {string.Join('\n', lines)}", 2 * Eventually.Bound);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync("tests"));
    }

    /// <summary>A token of a client, for a person where it acts for people.</summary>
    public async Task<string> TokenAsync(string client, string? person = null)
    {
        using var asking = new HttpClient { BaseAddress = Address };
        KeyValuePair<string, string>[] fields =
            [new("grant_type", "client_credentials"), new("client_id", client), new("client_secret", Secret), .. person is null ? Array.Empty<KeyValuePair<string, string>>() : [new("subject", person)]];
        using var form = new FormUrlEncodedContent(fields);
        using HttpResponseMessage answer = await asking.PostAsync(new Uri("development/token", UriKind.Relative), form);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    /// <summary>Sends JSON as the tests' own client, or with the given token, and answers the body of a success.</summary>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, object? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType()) };
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using HttpResponseMessage answer = await http.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>The status of an answer, for what may be refused.</summary>
    public async Task<int> StatusOfAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (process is { } started)
        {
            started.Kill(entireProcessTree: true);
            await started.WaitForExitAsync();
            started.Dispose();
        }

        Directory.Delete(home, recursive: true);
    }

    /// <summary>A service's assembly, built in the same configuration as these tests.</summary>
    public static string AssemblyOf(string service) =>
        WorkingCopy.PathOf("services", service, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", $"AccessGov.{service}.dll");

    private string PathOf(string file) => Path.Combine(home, file);

    private async Task<bool> IsReadyAsync()
    {
        process!.HasExited.ShouldBeFalse(string.Join('\n', lines));
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

    private async Task WriteKeysAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(PathOf("key.pem"), key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(PathOf("public.pem"), key.ExportSubjectPublicKeyInfoPem());
    }

    /// <summary>The clients as deploy/clients.json lists them, and the tests' own one, which may everything.</summary>
    private async Task WriteClientsAsync()
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));
        JsonArray clients = JsonNode.Parse(await File.ReadAllTextAsync(WorkingCopy.PathOf("deploy", "clients.json")))!.AsArray();
        string[] scopes = [.. clients.SelectMany(client => client!["scopes"]!.AsArray()).Select(scope => scope!.GetValue<string>()).Distinct(StringComparer.Ordinal)];
        clients.Add(new JsonObject { ["id"] = "tests", ["scopes"] = JsonSerializer.SerializeToNode(scopes) });
        foreach (JsonObject client in clients.OfType<JsonObject>())
        {
            client.Remove("purpose");
            client["secretSha256"] = hash;
        }

        await File.WriteAllTextAsync(PathOf("clients.json"), clients.ToJsonString());
    }

    /// <summary>The service's own login role, which can touch nothing but its schema and its queue, as deploy/up makes it.</summary>
    private static async Task<string> CreateDatabaseAsync()
    {
        string superuser = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        string role = $"policy_decision_{Guid.NewGuid():n}";
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"create role {role} login password '{role}'; create schema policy_decision authorization {role}", connection);
        await create.ExecuteNonQueryAsync();
        await MessagingSchema.CreateAsync(connection);
        await MessagingSchema.GrantAsync(connection, role, "policy-decision");
        return new NpgsqlConnectionStringBuilder(superuser) { Username = role, Password = role }.ConnectionString;
    }
}
