using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.Testing;

/// <summary>
/// PolicyDecision and IdentityFederation as they run in a hospital: processes of their own on one database, told of each other by their public addresses. Only
/// their public behaviour is used. Everybody may have every scope that the shipped clients ask for, so that one password is enough to sign in.
/// </summary>
public sealed class AccessGovProcesses : IAsyncDisposable
{
    /// <summary>The tests' own client, which may everything.</summary>
    public const string Tests = "tests";

    private static readonly Dictionary<string, string> None = new(StringComparer.Ordinal);

    private readonly string home = Directory.CreateTempSubdirectory("accessgov-processes-").FullName;
    private readonly List<ChildProcess> processes = [];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(100) };

    private static readonly string DemoHospital = ChildProcess.AssemblyOf("deploy/demo/DemoHospital", "DemoHospital");

    /// <summary>Where PolicyDecision answers.</summary>
    public Uri PolicyDecision { get; } = new($"http://127.0.0.1:{FreePort.Next()}/");

    /// <summary>Where IdentityFederation answers.</summary>
    public Uri IdentityFederation { get; } = new($"http://127.0.0.1:{FreePort.Next()}/");

    /// <summary>The secret of every client that has one.</summary>
    public string Secret { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Names addresses and clients, as deploy/up writes it.</summary>
    public string ConfigurationFile => PathOf("accessgov.json");

    /// <summary>The database server that they use; the shared one unless given.</summary>
    public PostgresServer? Server { get; init; }

    /// <summary>A superuser's connection string to their database.</summary>
    public string Superuser { get; private set; } = "";

    /// <summary>What the services said.</summary>
    public string Output => string.Join("\n", processes.Select(process => process.Output));

    /// <summary>Starts both; they are ready when this returns.</summary>
    /// <param name="console">Where the console will be.</param>
    /// <param name="settings">More settings of both, as environment variables.</param>
    public async Task StartAsync(Uri console, IReadOnlyDictionary<string, string>? settings = null)
    {
        PostgresServer server = Server ?? await PostgresServer.SharedAsync();
        Superuser = await server.CreateDatabaseAsync();
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            await File.WriteAllTextAsync(PathOf("key.pem"), key.ExportPkcs8PrivateKeyPem());
        }

        await File.WriteAllBytesAsync(PathOf("key-encryption"), RandomNumberGenerator.GetBytes(32));
        string[] scopes = await WriteClientsAsync(console);
        string policyDecision = await ServiceRole.CreateAsync(Superuser, "policy_decision", "policy-decision");
        string identityFederation = await ServiceRole.CreateAsync(Superuser, "identity_federation", "identity-federation");
        Start("IdentityFederation", new(StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = Origin(IdentityFederation),
            ["Authentication__Audience"] = "accessgov",
            ["IdentityFederation__ConnectionString"] = identityFederation,
            ["IdentityFederation__PublicUrl"] = Origin(IdentityFederation),
            ["IdentityFederation__KeyEncryptionKeyFile"] = PathOf("key-encryption"),
            ["IdentityFederation__ClientsFile"] = PathOf("clients.json"),
            ["IdentityFederation__Provisioning__Clients__provisioning"] = "hospital",
            ["IdentityFederation__Sessions__InsideNetworks__0"] = "127.0.0.0/8",
        }, [.. scopes.Select((scope, index) => KeyValuePair.Create($"IdentityFederation__ScopesOfEverybody__{index}", scope)), .. settings ?? None]);
        Start("PolicyDecision", new(StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = Origin(PolicyDecision),
            ["Authentication__Issuer"] = Origin(IdentityFederation),
            ["Authentication__Audience"] = "accessgov",
            ["Authentication__KeysUrl"] = new Uri(IdentityFederation, "oauth/jwks").AbsoluteUri,
            ["PolicyDecision__ConnectionString"] = policyDecision,
            ["PolicyDecision__PublicUrl"] = PolicyDecision.AbsoluteUri,
            ["PolicyDecision__ConsoleUrl"] = console.AbsoluteUri,

            // A busy machine must not fail a test that reads right after a command.
            ["PolicyDecision__PositionPatience"] = "00:01:00",
            ["PolicyDecision__FactsLease"] = "00:00:45",
            ["PolicyDecision__AccessRequestKeyFile"] = PathOf("key.pem"),
            ["PolicyDecision__PolicySigningKeyFile"] = PathOf("key.pem"),
            ["PolicyDecision__ForwardAuth__TrustedProxies__0"] = "127.0.0.1/32",
            ["DecisionJournal__ConnectionString"] = policyDecision,
            ["DecisionJournal__SpoolDirectory"] = PathOf("spool"),
        }, settings ?? None);
        await UntilReadyAsync(IdentityFederation);
        await UntilReadyAsync(PolicyDecision);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(Tests));
        await SendAsync(
            HttpMethod.Put, new Uri(IdentityFederation, "organisations/hospital").AbsoluteUri, new { name = "The tests' hospital", kind = "hospital", domains = Array.Empty<string>() });
    }

    /// <summary>A token of a client for itself.</summary>
    public async Task<string> TokenAsync(string client)
    {
        using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", client), new("client_secret", Secret)]);
        using var asking = new HttpClient();
        using HttpResponseMessage answer = await asking.PostAsync(new Uri(IdentityFederation, "oauth/token"), form);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    /// <summary>Loads the demo hospital: 5,000 people with 100,000 grants, and the shipped policies with those of its departments.</summary>
    public Task LoadDemoHospitalAsync() => DemoAsync(["load", "--configuration", ConfigurationFile]);

    /// <summary>Makes people known who have a password, and answers what each signs in with; with an authenticator app where that is wanted.</summary>
    public async Task<IReadOnlyDictionary<string, SignInOfPerson>> EnrolAsync(bool app, params string[] people)
    {
        await DemoAsync(["enrol", "--configuration", ConfigurationFile, .. app ? ["--app"] : Array.Empty<string>(), .. people]);
        return JsonSerializer.Deserialize<Dictionary<string, SignInOfPerson>>(await File.ReadAllTextAsync(PathOf("people.json")), JsonSerializerOptions.Web)!;
    }

    /// <summary>A token of a public client for somebody who has signed in.</summary>
    public async Task<string> TokenAsync(string client, string person, params string[] scopes) =>
        await DemoAsync(["token", "--configuration", ConfigurationFile, client, person, .. scopes]);

    /// <summary>Sends JSON to PolicyDecision as the tests' own client, or with the given token, and answers the body of a success.</summary>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, object? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(PolicyDecision, path)) { Content = body is null ? null : JsonContent.Create(body, body.GetType()) };
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using HttpResponseMessage answer = await http.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        return !answer.IsSuccessStatusCode ? throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {text}")
            : text.Length == 0 ? null
            : JsonNode.Parse(text);
    }

    /// <summary>PolicyDecision's answer to the tests' own client, for what may be refused.</summary>
    public Task<HttpResponseMessage> GetAsync(string path) => http.GetAsync(new Uri(PolicyDecision, path));

    /// <summary>Lets both stand still, as machines that hang.</summary>
    public void Pause() => processes.ForEach(process => process.Pause());

    /// <summary>Lets IdentityFederation alone stand still.</summary>
    public void PauseIdentityFederation() => processes[0].Pause();

    /// <summary>Lets both go on.</summary>
    public void Resume() => processes.ForEach(process => process.Resume());

    /// <summary>Stops both, and removes what they wrote.</summary>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        foreach (ChildProcess process in processes)
        {
            await process.DisposeAsync();
        }

        Directory.Delete(home, recursive: true);
    }

    private static string Origin(Uri address) => address.AbsoluteUri.TrimEnd('/');

    private string PathOf(string file) => Path.Combine(home, file);

    private void Start(string service, Dictionary<string, string> environment, IEnumerable<KeyValuePair<string, string>> more)
    {
        environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        foreach ((string name, string value) in more)
        {
            environment[name] = value;
        }

        processes.Add(new ChildProcess("dotnet", [ChildProcess.AssemblyOf($"services/{service}", service)], environment));
    }

    private async Task<string> DemoAsync(IReadOnlyList<string> arguments)
    {
        await using var demo = new ChildProcess("dotnet", [DemoHospital, .. arguments]);
        return await demo.ExitCodeAsync(TimeSpan.FromMinutes(4)) == 0 ? demo.Output.Trim() : throw new InvalidOperationException($"{demo.Output}\n{Output}");
    }

    private async Task UntilReadyAsync(Uri service)
    {
        try
        {
            await Eventually.HoldsAsync(() => IsReadyAsync(service), $"{service} is ready", 2 * Eventually.Bound);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{Output}", late);
        }
    }

    private async Task<bool> IsReadyAsync(Uri service)
    {
        if (processes.Exists(process => process.HasExited))
        {
            throw new InvalidOperationException(Output);
        }

        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(service, "health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The clients as deploy/clients.json lists them, and the tests' own one; answers all their scopes.</summary>
    private async Task<string[]> WriteClientsAsync(Uri console)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));
        string known = await File.ReadAllTextAsync(WorkingCopy.PathOf("deploy", "clients.json"));
        JsonArray clients = JsonNode.Parse(known.Replace("${CONSOLE_URL}", Origin(console), StringComparison.Ordinal))!.AsArray();
        string[] scopes = [.. clients.SelectMany(client => client!["scopes"]!.AsArray()).Select(scope => scope!.GetValue<string>()).Distinct(StringComparer.Ordinal)];
        clients.Add(new JsonObject { ["id"] = Tests, ["scopes"] = JsonSerializer.SerializeToNode(scopes) });
        var secrets = new JsonObject();
        foreach (JsonObject client in clients.OfType<JsonObject>())
        {
            client.Remove("purpose");
            if (client["public"] is null)
            {
                client["secretSha256"] = hash;
                client["tokenMinutes"] = 60;
                secrets[client["id"]!.GetValue<string>()] = new JsonObject { ["secret"] = Secret };
            }
        }

        await File.WriteAllTextAsync(PathOf("clients.json"), clients.ToJsonString());
        await File.WriteAllTextAsync(ConfigurationFile, new JsonObject
        {
            ["policyDecision"] = new JsonObject { ["url"] = PolicyDecision.AbsoluteUri },
            ["identityFederation"] = new JsonObject
            {
                ["url"] = IdentityFederation.AbsoluteUri, ["tokenUrl"] = new Uri(IdentityFederation, "oauth/token").AbsoluteUri,
            },
            ["peopleFile"] = PathOf("people.json"),
            ["demoHospital"] = DemoHospital,
            ["clients"] = secrets,
        }.ToJsonString());
        return scopes;
    }
}

/// <summary>What somebody signs in with.</summary>
/// <param name="UserName">Their user name.</param>
/// <param name="Password">Their password.</param>
/// <param name="AuthenticatorKey">The key of their authenticator app (RFC 6238), in Base32; null without one.</param>
public sealed record SignInOfPerson(string UserName, string Password, string? AuthenticatorKey);
