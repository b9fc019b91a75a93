using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>
/// A ward's network with an archive, nginx in front of it and an edge: a network of its own, whose cable to AccessGov can be cut. The archive
/// is on the ward's side of the cable.
/// </summary>
internal sealed class EdgeSite : IAsyncDisposable
{
    public const string Edge = "north";
    private const int EdgePort = 7007;
    private const int ProxyPort = 8080;
    private const string Nginx = "/usr/sbin/nginx";
    private readonly string home = Directory.CreateTempSubdirectory("accessgov-edge-site-").FullName;
    private readonly SeparateNetwork network = SeparateNetwork.Make();
    private readonly OrthancProcess archive = new();
    private readonly List<ChildProcess> inside = [];

    /// <summary>Where the archive is opened: nginx.</summary>
    public HttpClient Images { get; private set; } = new();

    /// <summary>What its programs said.</summary>
    public string Output => string.Join('\n', inside.Select(process => process.Output));

    /// <param name="services">The AccessGov on the other side.</param>
    /// <param name="breakGlass">Its BreakGlass.</param>
    public async Task StartAsync(AccessGovProcesses services, BreakGlassProcess breakGlass)
    {
        await archive.StartAsync();
        foreach (string file in new[] { "CT_small.dcm", "MR_small.dcm" })
        {
            await archive.StoreAsync(file);
        }

        string archiveAddress = $"{network.KeptHost}:{network.Relay(archive.Port, kept: true)}";
        string Far(Uri service) => $"{network.RelayHost}:{network.Relay(service.Port)}";
        string issuer = breakGlass.Address.AbsoluteUri.TrimEnd('/');
        StartEdge(services, $"http://{archiveAddress}", $"http://{Far(breakGlass.Address)}", $"http://{Far(services.IdentityFederation)}", issuer);
        StartNginx(Far(services.PolicyDecision), archiveAddress);
        Images = new HttpClient { BaseAddress = new Uri($"http://{network.Inside}:{ProxyPort}/"), Timeout = TimeSpan.FromSeconds(60) };
        using var edge = new HttpClient { BaseAddress = new Uri($"http://{network.Inside}:{EdgePort}/") };
        await Eventually.HoldsAsync(() => IsReadyAsync(edge), $"the edge has heard the keys: {Output}", 2 * Eventually.Bound);
    }

    /// <summary>What the edge says of itself.</summary>
    public async Task<JsonNode> HealthAsync()
    {
        using var edge = new HttpClient { BaseAddress = new Uri($"http://{network.Inside}:{EdgePort}/") };
        return JsonNode.Parse(await edge.GetStringAsync("health/ready"))!;
    }

    /// <summary>Ways to a study's parts: DICOMweb's and WADO-URI's, as viewers ask.</summary>
    public async Task<string[]> PathsOfAsync(string study)
    {
        string series = Uid(await archive.GetAsync($"/dicom-web/studies/{study}/series"), "0020000E");
        string instance = Uid(await archive.GetAsync($"/dicom-web/studies/{study}/series/{series}/instances"), "00080018");
        string part = $"dicom-web/studies/{study}/series/{series}", one = $"{part}/instances/{instance}";
        return
        [
            $"dicom-web/studies/{study}/series", $"dicom-web/studies/{study}/metadata", part, $"{part}/metadata", one, $"{one}/rendered",
            $"{one}/frames/1", $"{one}/bulkdata", $"{one}/bulkdata/7fe00010",
            $"wado?requestType=WADO&studyUID={study}&seriesUID={series}&objectUID={instance}",
        ];
    }

    /// <summary>Ways to a study's bulk data and files that Orthanc alone has.</summary>
    public async Task<string[]> OrthancPathsOfAsync(string study)
    {
        string bulk = (await PathsOfAsync(study)).Single(path => path.EndsWith("/bulkdata", StringComparison.Ordinal));
        var found = new List<string> { bulk[..^"bulkdata".Length] + "bulk/7fe00010" };
        foreach (JsonNode? known in (await archive.GetAsync("/studies?expand")).AsArray()
            .Where(known => known!["MainDicomTags"]!["StudyInstanceUID"]!.GetValue<string>() == study))
        {
            string series = known!["Series"]![0]!.GetValue<string>();
            string instance = (await archive.GetAsync($"/series/{series}"))["Instances"]![0]!.GetValue<string>();
            found.AddRange([$"series/{series}/archive", $"instances/{instance}/file", $"instances/{instance}/preview"]);
        }

        return [.. found];
    }

    /// <summary>How the archive itself answers, past nginx.</summary>
    public Task<HttpStatusCode> StatusOfAsync(string path) => archive.StatusOfAsync(path);

    /// <summary>Cuts the cable to AccessGov.</summary>
    public void Cut() => network.Cut();

    /// <summary>Puts it together again.</summary>
    public void Mend() => network.Mend();

    public async ValueTask DisposeAsync()
    {
        Images.Dispose();
        foreach (ChildProcess process in inside)
        {
            await process.DisposeAsync();
        }

        await archive.DisposeAsync();
        await network.DisposeAsync();
        Directory.Delete(home, recursive: true);
    }

    private void StartEdge(AccessGovProcesses services, string archiveUrl, string breakGlassUrl, string identityUrl, string issuer)
    {
        File.WriteAllText(Path.Combine(home, "secret"), services.Secret);
        File.WriteAllText(Path.Combine(home, "archive"), archive.Password);
        StartInside("dotnet", [ChildProcess.AssemblyOf("services/Edge", "Edge")], new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = $"http://{network.Inside}:{EdgePort}",
            ["Edge__Name"] = Edge,
            ["Edge__Directory"] = Path.Combine(home, "journal"),
            ["Edge__BreakGlassUrl"] = breakGlassUrl,
            ["Edge__AllowHttp"] = "true",
            ["Edge__Issuer"] = issuer,
            ["Edge__Client__TokenUrl"] = identityUrl + "/oauth/token",
            ["Edge__Client__ClientId"] = "edge",
            ["Edge__Client__SecretFile"] = Path.Combine(home, "secret"),
            ["Edge__Archive__Url"] = archiveUrl,
            ["Edge__Archive__Username"] = "accessgov-proxy",
            ["Edge__Archive__PasswordFile"] = Path.Combine(home, "archive"),
            ["Edge__TrustedProxies__0"] = $"{network.Inside}/32",
            ["Edge__PollEvery"] = "00:00:00.500",
        });
    }

    private void StartNginx(string accessGov, string archiveAddress)
    {
        string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"accessgov-proxy:{archive.Password}"));
        string site = File.ReadAllText(Repository.PathOf("deploy", "nginx", "pacs.conf.template"));
        foreach ((string name, string value) in new[]
        {
            ("LISTEN", $"{network.Inside}:{ProxyPort}"), ("ACCESSGOV_ADDRESS", accessGov), ("EDGE_ADDRESS", $"{network.Inside}:{EdgePort}"),
            ("ARCHIVE_ADDRESS", archiveAddress), ("ARCHIVE_AUTHORIZATION", $"Basic {basic}"), ("PROXY_SECRET", ""),
        })
        {
            site = site.Replace("${" + name + "}", value, StringComparison.Ordinal);
        }

        string paths = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(kind => $"{kind}_temp_path {home}/{kind};"));
        string file = Path.Combine(home, "nginx.conf");
        File.WriteAllText(
            file, $"daemon off; user root; pid {home}/pid; error_log {home}/error.log; events {{}}\nhttp {{ access_log off; {paths}\n{site}}}\n");
        StartInside(Nginx, ["-e", $"{home}/error.log", "-c", file, "-p", home], new Dictionary<string, string>(StringComparer.Ordinal));
    }

    private void StartInside(string program, IEnumerable<string> arguments, Dictionary<string, string> environment)
    {
        string[] enter = [.. network.Enter, program, .. arguments];
        inside.Add(new ChildProcess(enter[0], enter[1..], environment));
    }

    private static string Uid(JsonNode found, string tag) => found[0]![tag]!["Value"]![0]!.GetValue<string>();

    private static async Task<bool> IsReadyAsync(HttpClient edge)
    {
        try
        {
            return (await edge.GetStringAsync("health/ready")).Contains("\"capability_keys\":1", StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
